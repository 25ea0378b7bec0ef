"""What is there in development only: silk, and a developer's own settings."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import bare_environment

BASE: Path = settings.BASE_DIR


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Returns a folder with a copy of the settings, and without a developer's own files."""
    shutil.copytree(BASE / "settings", tmp_path / "settings", ignore=shutil.ignore_patterns("local.py", "__pycache__"))
    shutil.copy(BASE / "VERSION", tmp_path)
    return tmp_path


def show(folder: Path, module: str, expression: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Prints an expression in a process with these settings, of the folder, and only these environment variables."""
    environment = {
        **bare_environment(),
        "PYTHONPATH": f"{folder}:{BASE}",
        "DJANGO_SETTINGS_MODULE": module,
        "EMAIL_URL": "smtp://localhost:25",
        "SECRET_KEY": "not-a-secret-" * 5,
        **variables,
    }
    code = f"from django.conf import settings; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


# --- silk -----------------------------------------------------------------------------------------------------------

SILK = "'silk' in settings.INSTALLED_APPS, settings.MIDDLEWARE[0].partition('.')[0], settings.COMPILED_QUERIES"


@pytest.fixture
def with_silk(folder: Path) -> Path:
    """Returns the folder with an importable silk, whatever is installed."""
    (folder / "silk.py").touch()
    return folder


def test_silk_is_off_unless_asked_for(with_silk: Path) -> None:
    assert show(with_silk, "settings.development", SILK).stdout == "False ops True\n"
    assert show(with_silk, "settings.development", SILK, SILK="false").stdout == "False ops True\n"


def test_silk_is_first_and_no_query_bypasses_it(with_silk: Path) -> None:
    """Compiled queries would: silk sees only what the ORM compiles."""
    assert show(with_silk, "settings.development", SILK, SILK="true").stdout == "True silk False\n"


def test_development_says_how_to_install_silk(folder: Path) -> None:
    (folder / "sitecustomize.py").write_text("import sys; sys.modules['silk'] = None")  # even where it is installed
    run = show(folder, "settings.development", SILK, SILK="true")
    assert run.returncode == 1
    assert "ImproperlyConfigured: SILK needs django-silk. Install it: script/bootstrap profiling" in run.stderr


def test_production_refuses_silk(with_silk: Path) -> None:
    assert show(with_silk, "settings.production", SILK).stdout == "False ops True\n"
    run = show(with_silk, "settings.production", SILK, SILK="true")
    assert (run.returncode, run.stdout) == (1, "")
    assert "ImproperlyConfigured: Unset SILK: it stores passwords and tokens" in run.stderr


# --- settings/local.py ----------------------------------------------------------------------------------------------

LOCAL = """
from settings.development import MIDDLEWARE

PAGE = "mine"
DEBUG = False
MIDDLEWARE = [*MIDDLEWARE, "mine.Middleware"]
lower = "is no setting"
"""
OWN = "settings.DEBUG, getattr(settings, 'PAGE', None), settings.MIDDLEWARE[-1], hasattr(settings, 'lower')"


def test_development_reads_local_settings_last(folder: Path) -> None:
    last = settings.MIDDLEWARE[-1]
    assert show(folder, "settings.development", OWN).stdout == f"True None {last} False\n"
    (folder / "settings" / "local.py").write_text(LOCAL)
    assert show(folder, "settings.development", OWN).stdout == "False mine mine.Middleware False\n"


@pytest.mark.parametrize("module", ["settings", "settings.production", "settings.test"])
def test_no_other_environment_reads_local_settings(folder: Path, module: str) -> None:
    (folder / "settings" / "local.py").write_text("raise SystemExit('settings/local.py was read')")
    assert show(folder, module, OWN).stdout == f"False None {settings.MIDDLEWARE[-1]} False\n"
    assert show(folder, "settings.development", OWN).stderr == "settings/local.py was read\n"


def test_an_error_in_local_settings_is_shown(folder: Path) -> None:
    (folder / "settings" / "local.py").write_text("import nothing_of_this_name")
    assert "No module named 'nothing_of_this_name'" in show(folder, "settings.development", OWN).stderr


def test_local_settings_are_neither_committed_nor_in_an_image() -> None:
    assert "/settings/local.py" in (BASE / ".gitignore").read_text().splitlines()
    ignored = (BASE / ".dockerignore").read_text().splitlines()
    assert ignored.index("settings/local.py") > ignored.index("!settings/")  # the last pattern that matches counts
