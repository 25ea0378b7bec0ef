"""Tools that are available in development only."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import bare_environment

PRINT = "from django.conf import settings; print('silk' in str([settings.INSTALLED_APPS, settings.MIDDLEWARE]).lower())"


@pytest.fixture
def silk(tmp_path: Path) -> Path:
    """Returns a directory with an installed silk, whatever this machine has."""
    (tmp_path / "silk").mkdir()
    (tmp_path / "silk" / "__init__.py").touch()
    return tmp_path


def has_silk(module: str, silk: Path, **variables: str) -> bool:
    environment = {
        **bare_environment(),
        "PYTHONPATH": str(silk),
        "DJANGO_SETTINGS_MODULE": module,
        "EMAIL_URL": "smtp://localhost:25",
        "SECRET_KEY": "not-a-secret-" * 5,
        **variables,
    }
    run = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout == "True\n"


def test_silk_is_optional_in_development(silk: Path) -> None:
    assert has_silk("settings.development", silk, SILK="true")
    assert not has_silk("settings.development", silk)


def test_silk_is_never_enabled_in_production(silk: Path) -> None:
    assert not has_silk("settings.production", silk, SILK="true")
