"""The health check of a container."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.environment import bare_environment
from tests.servers import HOST, free_port, serve


def check(port: int) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-IS", settings.BASE_DIR / "app-api-django" / "healthcheck.py", str(port)],
        env={**bare_environment(), "ALLOWED_HOSTS": f"{HOST},example.com"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return run.returncode, run.stdout[:3]


def test_a_container_is_healthy_once_its_database_is_ready(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path}/db.sqlite3"
    with serve(database_url=database_url, workers=1, threads=1) as port:
        assert check(port) == (1, "503")
        subprocess.run(
            [sys.executable, "manage.py", "prepare_database"],
            cwd=settings.BASE_DIR,
            env={**bare_environment(), "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "settings.test"},
            check=True,
            timeout=120,
        )
        assert check(port) == (0, "200")


def test_a_container_without_a_server_is_unhealthy() -> None:
    assert check(free_port()) == (1, "")
