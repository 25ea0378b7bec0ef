"""The command prepare_database: containers wait for the database before they serve, and one of them migrates it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from reservation.management.commands.prepare_database import Command
from tests.environment import bare_environment
from tests.servers import url_of_test_database

LIMIT_SECONDS = 120


def start(database_url: str, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "prepare_database", *options],
        cwd=settings.BASE_DIR,
        env={**bare_environment(), "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "settings.test"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_exit(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=LIMIT_SECONDS)
    return process.returncode, output, errors


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    """The URL of a database without tables, on the server of the tests."""
    if connection.vendor == "sqlite":
        pytest.skip("Several containers do not share a SQLite file.")
    name = f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(url_of_test_database())._replace(path=f"/{name}").geturl()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def test_one_of_several_concurrent_runs_migrates(empty_database: str) -> None:
    ends = [wait_for_exit(process) for process in [start(empty_database) for _ in range(3)]]
    assert [status for status, _, _ in ends] == [0, 0, 0], ends
    applied = sorted(int(re.findall(r"ready: (\d+) migrations", output)[0]) for _, output, _ in ends)
    assert applied[:2] == [0, 0]
    assert applied[2] > 0


def test_waiting_for_the_lock_has_a_limit(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite needs no lock.")
    with Command().only_one(0):
        status, output, errors = wait_for_exit(start(url_of_test_database(), "--lock-wait", "1"))
    assert (status, output) == (1, "Waiting for another process to migrate\n")
    assert "CommandError: Waited 1 s for another process to migrate" in errors
    assert wait_for_exit(start(url_of_test_database()))[0] == 0, "the lock was not released"


def test_prepare_database_waits_until_the_database_is_available(tmp_path: Path) -> None:
    directory = tmp_path / "later"
    process = start(f"sqlite:///{directory}/db.sqlite3")
    assert process.stdout is not None
    waiting = process.stdout.readline()
    directory.mkdir()
    status, output, errors = wait_for_exit(process)
    assert waiting.startswith(f"Waiting for the database at {directory}/db.sqlite3: "), errors
    assert status == 0, errors
    assert re.fullmatch(r"The database is ready: [1-9]\d* migrations were applied\.\n", output)


def test_waiting_for_the_database_has_a_limit(tmp_path: Path) -> None:
    status, _, errors = wait_for_exit(start(f"sqlite:///{tmp_path}/nowhere/db.sqlite3", "--wait", "0.1"))
    assert status == 1
    assert f"CommandError: Waited 0.1 s for the database at {tmp_path}/nowhere/db.sqlite3: " in errors
