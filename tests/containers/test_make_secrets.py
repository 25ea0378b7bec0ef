"""Secrets are generated once, at random, and readable only for the services that need them."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

RANDOM = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ("app", "database"):
        (tmp_path / name).mkdir()
    return tmp_path


def make(directory: Path, **variables: str) -> dict[str, str]:
    """Runs make-secrets. Returns the content of each file."""
    subprocess.run(
        [settings.BASE_DIR / "app-api-django" / "make-secrets", directory],
        env={"PATH": os.environ["PATH"], **variables},
        check=True,
        timeout=60,
    )
    return {str(path.relative_to(directory)): path.read_text() for path in directory.glob("*/*")}


def test_secrets_are_random_and_stay(directory: Path) -> None:
    made = make(directory)
    secrets = [made["app/secret-key"], made["database/password"], made["database/root-password"]]
    assert all(map(RANDOM.fullmatch, secrets))
    assert len(set(secrets)) == 3
    assert make(directory) == made


def test_only_the_application_and_its_group_may_read_them(directory: Path) -> None:
    make(directory)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in directory.glob("*/*")}
    assert modes == {0o640}


@pytest.mark.parametrize(("profiles", "server"), [("", "mysql"), ("postgres", "postgres"), ("mysql", "mysql")])
def test_the_profile_chooses_the_database(profiles: str, server: str, directory: Path) -> None:
    made = make(directory, COMPOSE_PROFILES=profiles)
    assert made["app/database-url"] == f"{server}://appointments:{made['database/password']}@{server}/appointments"


def test_values_that_are_set_take_precedence(directory: Path) -> None:
    make(directory)
    made = make(directory, SECRET_KEY="of $my own", DATABASE_URL="mysql://elsewhere/appointments")
    assert made["app/secret-key"] == "of $my own"
    assert made["app/database-url"] == "mysql://elsewhere/appointments"
