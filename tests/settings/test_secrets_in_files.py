"""Any environment variable may come from a file, as secrets of containers do."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import bare_environment

PRINT = """
import environ
environ.Env.read_env = lambda *_: None  # ignore a developer's .env
import settings
print(repr((settings.SECRET_KEY, settings.DATABASES["default"]["NAME"], settings.RESERVATION_POLICY.max_live_holds)))
"""


def read(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**bare_environment(), **variables}
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "secret"
    path.write_text("  from a file ü\n", encoding="utf-8")
    return str(path)


def test_a_variable_is_read_from_its_file(secret: str, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite:////tmp/some.sqlite3\r\n")
    (tmp_path / "holds").write_text("7")
    run = read(
        SECRET_KEY_FILE=secret, DATABASE_URL_FILE=str(tmp_path / "url"), MAX_LIVE_HOLDS_FILE=str(tmp_path / "holds")
    )
    assert run.stdout.strip() == repr(("  from a file ü", "/tmp/some.sqlite3", 7)), run.stderr


def test_a_variable_and_its_file_exclude_each_other(secret: str) -> None:
    run = read(SECRET_KEY="from the environment", SECRET_KEY_FILE=secret)
    assert run.returncode != 0
    assert run.stderr.splitlines()[-1].endswith("ImproperlyConfigured: Set SECRET_KEY or SECRET_KEY_FILE, not both.")
    assert "from a" not in run.stderr, "a secret was printed"


def test_an_empty_variable_counts_as_unset(secret: str) -> None:
    assert "from a file" in read(SECRET_KEY="", SECRET_KEY_FILE=secret).stdout
    assert "from the environment" in read(SECRET_KEY="from the environment", SECRET_KEY_FILE="").stdout


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_is_an_error(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    if content:
        path.write_bytes(content)
    run = read(SECRET_KEY_FILE=str(path))
    assert run.returncode != 0
    assert "ImproperlyConfigured: What SECRET_KEY_FILE names cannot be read: " in run.stderr
