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

    MARIADB = "mariadb"
    FAULTS = "faults"
    BROWSERS = "browsers"
    POSTGRESQL = "postgresql"
    COMPILED_QUERIES = "compiled-queries"
    SQLITE = "sqlite"
    EXECUTOR = "executor"
    PYTHON = "python"
    FAST = "fast"


MARIADB, FAULTS, BROWSERS, POSTGRESQL, COMPILED_QUERIES, SQLITE, EXECUTOR, PYTHON, FAST = Run

ONCE = {MARIADB, PYTHON}
"""The runs of a file that neither the database nor a switch changes: one with MariaDB, one without."""

DATABASE = ONCE | {SQLITE, POSTGRESQL}
"""The runs of a file that depends on the database: it compares text or instants, locks rows, or composes SQL.

The two runs with a switch are on SQLite too, so the whole API is.
"""

TABLE: tuple[tuple[str, set[Run]], ...] = (
    ("tests/*", ONCE),  # a file that no later row names
    ("tests/accounts/test_identity.py", DATABASE),
    ("tests/database/*", DATABASE),
    ("tests/ops/test_health.py", ONCE | {POSTGRESQL}),
    ("tests/races/*", DATABASE),
    ("tests/reservation/*", ONCE | {FAST}),
    ("tests/reservation/test_demo.py", DATABASE | {FAST}),
    ("tests/reservation/domain/*", DATABASE | {FAST, COMPILED_QUERIES}),
    ("tests/reservation/domain/test_stateful.py", ONCE | {POSTGRESQL, COMPILED_QUERIES}),  # long; the last is on SQLite
    ("tests/reservation/management/commands/test_prepare_database.py", ONCE | {FAST, POSTGRESQL}),
    ("tests/reservation/migrations/*", DATABASE | {FAST}),
    ("tests/reservation/models/*", DATABASE | {FAST}),
    ("tests/staff/*", ONCE | {FAST}),
    ("tests/staff/test_lists.py", DATABASE | {FAST}),
    ("tests/staff/test_search_by_name.py", DATABASE | {FAST}),
    ("tests/staff/test_tampered_addresses.py", ONCE),  # long
    ("tests/api/*", ONCE | {FAST, EXECUTOR}),
    ("tests/api/documents/*", ONCE | {FAST}),  # before anything is executed
    ("tests/api/loaders/*", DATABASE | {FAST, COMPILED_QUERIES, EXECUTOR}),
    ("tests/api/mutation/*", ONCE | {FAST, COMPILED_QUERIES, EXECUTOR}),
    ("tests/api/query/*", ONCE | {FAST, COMPILED_QUERIES, EXECUTOR}),
    ("tests/api/execution/test_deadline.py", DATABASE | {FAST, COMPILED_QUERIES, EXECUTOR}),
    ("tests/api/execution/differential/*", ONCE),  # compares both executors
    ("tests/clients/*", {BROWSERS}),
    ("tests/*_in_chromium.py", {BROWSERS}),
    ("tests/faults/*", {FAULTS}),
    # What the tests of faults compute with, which needs no stack.
    ("tests/faults/test_history.py", ONCE),
    ("tests/faults/test_report.py", ONCE),
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
