"""The command line of `script/bench`, which documents the flags and sets DATABASE_URL to that of a MySQL server."""

import argparse
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from benchmarks.committed import Section


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench")
    for flag in ("--quick", "--check", "--explain", "--large", "--memory", "--pages"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--appointments", type=int, default=10_000_000)
    parser.add_argument("--against", type=Path, metavar="DIRECTORY")
    parser.add_argument("--with", dest="variables", type=variable, action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an exception, so that servers are stopped
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    if options.against:
        compare(options)
        return 0
    from benchmarks import committed, page, report, targets

    before = committed.read()
    measured = measure(options)
    for name in report.REPORTS:
        if ("ratios" if name == "targets" else name) in measured:
            print(report.REPORTS[name](measured), end="\n\n")
    if not (options.quick or options.check):
        page.write(committed.write(measured))
    regressions = targets.regressions(committed.ratios_of(before), committed.ratios_of(measured))
    if options.check:
        print(*regressions or ["No ratio is more than 20 % worse than the committed one."], sep="\n")
    return 1 if options.check and regressions else 0


def variable(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE.")
    return name, value


def compare(options: argparse.Namespace) -> None:
    from benchmarks import checkouts
    from benchmarks.scale import FULL, QUICK

    if unknown := {*options.only} - {*checkouts.NAMES}:
        raise SystemExit(f"--only takes {', '.join(checkouts.NAMES)}, not {', '.join(unknown)}.")
    scale = QUICK if options.quick else FULL
    checkouts.compare(
        options.against,
        dict(options.variables),
        replace(scale, rounds=options.rounds or scale.rounds),
        only=options.only or checkouts.NAMES,
        connections=options.connections,
    )


def measure(options: argparse.Namespace) -> "dict[str, Section]":
    from benchmarks import admin, comparison, growth, machine, memory, parts, start
    from benchmarks.databases import practice
    from benchmarks.scale import FULL, QUICK
    from benchmarks.workloads import workloads

    scale, load = QUICK if options.quick else FULL, os.getloadavg()[0]
    if options.large:
        measured = growth.measure(many=options.appointments, rounds=scale.rounds)
        return {**measured, "runs": {"large": machine.describe("Growth", load=load)}}
    if options.pages:
        return {**admin.measure(rounds=scale.rounds), "runs": {"pages": machine.describe("Staff's pages", load=load)}}
    if options.memory:
        with practice(comparison.DATABASE, appointments=scale.appointments):
            measured = memory.measure(comparison.DATABASE, workloads())
            return {**measured, "runs": {"memory": machine.describe("Memory", load=load)}}
    with comparison.serve_peers(scale) as peers:
        by_name = {peer.name: peer.server for peer in peers}
        fifty, *_ = workloads()
        of_parts = parts.measure(by_name["floor"], fifty, seconds=scale.rounds)
        of_starts = start.measure(comparison.DATABASE, fifty, scale)
        of_work = comparison.sections(comparison.measure(peers, scale, with_plans=options.explain))
    ratios = {**of_starts["ratios"], **of_work["ratios"]}
    runs = {"comparison": machine.describe("Everything else", load=load)}
    return {**of_work, **of_starts, **of_parts, "ratios": ratios, "runs": runs}


if __name__ == "__main__":
    sys.exit(main())
