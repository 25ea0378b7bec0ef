"""Every file of tests has a run of `script/test`, and each run has exactly the files of its column of the table."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from types import SimpleNamespace
from typing import cast

import pytest
from django.conf import settings

from tests.runs import TABLE, Run, pytest_ignore_collect, runs_of

UNLESS_NAMED = [run for run in Run if run not in {Run.PYTHON, Run.FAST}]

FILES = sorted(
    path.relative_to(settings.BASE_DIR).as_posix() for path in (settings.BASE_DIR / "tests").rglob("test_*.py")
)


def test_script_test_without_a_name_has_every_file() -> None:
    assert {file for file in FILES if not runs_of(file) & set(UNLESS_NAMED)} == set()


def test_the_run_of_faults_has_exactly_the_files_with_their_marker() -> None:
    """It selects by the marker too, and all others deselect what has it."""
    mark = re.compile(r"^pytestmark = (\[\n    )?pytest\.mark\.faults\b", re.MULTILINE)
    marked = {file for file in FILES if mark.search((settings.BASE_DIR / file).read_text())}
    assert marked == {file for file in FILES if Run.FAULTS in runs_of(file)}
    assert {file for file in marked if runs_of(file) != {Run.FAULTS}} == set()


def test_every_row_of_the_table_decides_for_a_file() -> None:
    def deciding(file: str) -> str:
        return next(pattern for pattern, _ in reversed(TABLE) if fnmatch(file, pattern))

    assert [pattern for pattern, _ in TABLE] == [
        pattern for pattern, _ in TABLE if pattern in set(map(deciding, FILES))
    ]


@pytest.mark.parametrize("run", Run)
def test_a_run_has_exactly_its_files(run: Run) -> None:
    chosen = cast(pytest.Config, SimpleNamespace(getoption={"--run": run}.get))
    collected = {file for file in FILES if not pytest_ignore_collect(settings.BASE_DIR / file, chosen)}
    assert collected == {file for file in FILES if run in runs_of(file)}


@pytest.mark.parametrize("run", [Run.PYTHON, Run.BROWSERS])
def test_pytest_collects_what_the_run_has(run: Run) -> None:
    """In a small folder; a file that is named as an argument is collected in any run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", f"--run={run}", "tests/containers"]
    listed = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False).stdout
    collected = {line.partition(":")[0] for line in listed.splitlines() if line.startswith("tests/")}
    assert collected == {file for file in FILES if file.startswith("tests/containers/") and run in runs_of(file)}


def test_script_test_describes_every_run() -> None:
    script = (settings.BASE_DIR / "script" / "test").read_text()
    assert re.findall(r"^#   ([-a-z]+) ", script, re.MULTILINE) == [
        f"--{run}" if run is Run.FAST else run for run in Run
    ]


def test_script_test_makes_these_runs_unless_one_is_named() -> None:
    script = (settings.BASE_DIR / "script" / "test").read_text()
    assert re.findall(r"runs=\(([^)$]+)\) #", script) == [" ".join(UNLESS_NAMED)]
