"""Runs every comparison. `script/bench` calls it with DATABASE_URL of a MySQL server."""

import argparse
import os
import signal
import sys

import django


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute: a smaller database, fewer rounds")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--explain", action="store_true", help="print how the database finds what is listed")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and databases go, too
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from benchmarks.comparisons import FULL, QUICK, compare  # which needs the settings

    is_reached = compare(QUICK if options.quick else FULL, with_plans=options.explain)
    return 1 if options.check and not is_reached else 0


if __name__ == "__main__":
    sys.exit(main())
