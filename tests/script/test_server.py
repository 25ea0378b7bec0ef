"""What `script/server` installs and starts, with stubs for the other scripts and for Python."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import bare_environment
from tests.servers import free_port

STUB = """#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" >>log
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("script/bootstrap", "script/assets", ".venv/bin/python"):
        stub = tmp_path / name
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text(STUB)
        stub.chmod(0o755)
    shutil.copy(settings.BASE_DIR / "script" / "server", tmp_path / "script")
    return tmp_path


def called(folder: Path, *arguments: str, **variables: str) -> list[str]:
    """Returns the commands that it called, in their order. Without npm, since that is called in the background."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("basename", "bash", "cat", "dirname", "grep", "sed", "sh", "tail", "tr"):
        path = shutil.which(name)
        assert path
        if not (programs / name).exists():
            os.symlink(path, programs / name)
    environment = {**bare_environment(), "PATH": str(programs), "PORT": str(free_port()), **variables}
    subprocess.run([folder / "script" / "server", *arguments], env=environment, check=True, capture_output=True)
    log = folder / "log"
    lines = log.read_text().splitlines()
    log.unlink()
    return lines


def test_it_installs_migrates_fills_and_serves(folder: Path) -> None:
    installed, migrated, filled, served = called(folder)
    assert (installed, migrated) == ("bootstrap ", "python manage.py migrate --verbosity 0")
    assert filled == "python manage.py load_demo --if-empty"
    assert served.startswith("python -m gunicorn ")


def test_prepare_does_all_but_serve(folder: Path) -> None:
    assert called(folder, "--prepare") == called(folder)[:-1]


def test_it_refuses_other_arguments(folder: Path) -> None:
    run = subprocess.run([folder / "script" / "server", "--port"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (64, "usage: script/server [--prepare]\n")


@pytest.mark.parametrize(
    ("variables", "categories"),
    [
        ({"SILK": "true"}, "profiling"),
        ({"SILK": "On"}, "profiling"),
        ({"SILK": "false"}, ""),
        ({"SILK": ""}, ""),
        ({"DATABASE_URL": "mysql://user@host/name", "SILK": "1"}, "mysql profiling"),
        ({"DATABASE_URL": "postgres://user@host/name"}, "postgres"),
        ({"DATABASE_URL": "sqlite:////tmp/db"}, ""),
    ],
)
def test_it_installs_what_the_variables_need(folder: Path, variables: dict[str, str], categories: str) -> None:
    assert called(folder, **variables)[0] == f"bootstrap {categories}"
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    assert called(folder)[0] == f"bootstrap {categories}"


def test_a_variable_takes_precedence_over_env(folder: Path) -> None:
    (folder / ".env").write_text('# SILK=false\nSILK=false\nexport SILK="true"\n')
    assert called(folder)[0] == "bootstrap profiling"
    assert called(folder, SILK="false")[0] == "bootstrap "
    assert called(folder, SILK="")[0] == "bootstrap "


def test_the_url_of_the_database_may_come_from_a_file(folder: Path) -> None:
    (folder / "url").write_text("mysql://user@host/name")
    assert called(folder, DATABASE_URL_FILE=str(folder / "url"))[0] == "bootstrap mysql"
