"""Which files of the suite each run of `script/test` has: pytest's option `--run=NAME`.

Without the option pytest has every file. Those of the marker `faults` need `-m faults`.
"""

from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


class Run(StrEnum):
    """A run of `script/test`, which says what each is for."""

    FAST = "fast"
    SQLITE = "sqlite"
    COMPILED_QUERIES = "compiled-queries"
    EXECUTOR = "executor"
    MARIADB = "mariadb"
    POSTGRESQL = "postgresql"
    BROWSERS = "browsers"
    FAULTS = "faults"


FAST, SQLITE, COMPILED_QUERIES, EXECUTOR, MARIADB, POSTGRESQL, BROWSERS, FAULTS = Run

TABLE: tuple[tuple[str, set[Run]], ...] = (
    # A file that no later row names. Twice is dear: say below where it belongs.
    ("tests/*", {SQLITE, MARIADB}),
    ("tests/api/*", {FAST, SQLITE, MARIADB, COMPILED_QUERIES, EXECUTOR}),
    ("tests/staff/*", {FAST, SQLITE, MARIADB}),
    ("tests/staff/test_tampered_addresses.py", {SQLITE, MARIADB}),  # a sixth of the whole fast run
    ("tests/reservation/*", {FAST, SQLITE, MARIADB}),
    ("tests/reservation/domain/*", {FAST, SQLITE, MARIADB, COMPILED_QUERIES, EXECUTOR, POSTGRESQL}),
    ("tests/reservation/domain/test_stateful.py", {SQLITE, MARIADB, COMPILED_QUERIES, EXECUTOR, POSTGRESQL}),
    ("tests/api/execution/test_deadline.py", {FAST, SQLITE, MARIADB, COMPILED_QUERIES, EXECUTOR, POSTGRESQL}),
    ("tests/reservation/test_demo.py", {FAST, SQLITE, MARIADB, POSTGRESQL}),
    ("tests/races/*", {SQLITE, MARIADB, POSTGRESQL}),
    ("tests/accounts/test_identity.py", {SQLITE, MARIADB, POSTGRESQL}),
    # These do not depend on the database. The differential tests compare both executors by themselves.
    ("tests/api/execution/differential/*", {SQLITE}),
    ("tests/ops/metrics/*", {SQLITE}),
    ("tests/script/*", {SQLITE}),
    ("tests/clients/*", {BROWSERS}),
    ("tests/*_in_chromium.py", {BROWSERS}),
    ("tests/faults/*", {FAULTS}),
    # What the tests of faults compute with, which needs no stack.
    ("tests/faults/test_history.py", {SQLITE}),
    ("tests/faults/test_report.py", {SQLITE}),
)
"""Patterns of paths, and the runs of the files that match; `*` matches `/` too. The last row that matches counts."""


def runs_of(path: str) -> set[Run]:
    """Returns the runs of a file, which is given relative to the repository. Raises LookupError when there are none."""
    for pattern, runs in reversed(TABLE):
        if fnmatch(path, pattern):
            return runs
    raise LookupError(path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--run", choices=list(Run), help="only the files that tests/runs.py gives to this run of script/test"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignores a file of other runs: it is not even imported."""
    run = config.getoption("--run")
    if run is None or not collection_path.match("test_*.py"):
        return None
    return run not in runs_of(collection_path.relative_to(ROOT).as_posix()) or None
