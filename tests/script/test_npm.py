"""Which npm `script/npm` installs with."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.parametrize(("version", "program"), [("9.2.0", "npx --yes npm@10"), ("10.9.9", "npm"), ("11.19.1", "npm")])
def test_a_version_that_cannot_read_overrides_is_replaced(tmp_path: Path, version: str, program: str) -> None:
    """Debian 12 and 13 have npm 9.2, which fails on an alias in `overrides`."""
    (tmp_path / "script").mkdir()
    shutil.copy(settings.BASE_DIR / "script" / "npm", tmp_path / "script")
    (tmp_path / "web" / "node_modules").mkdir(parents=True)
    (tmp_path / "web" / "package-lock.json").write_text("{}")
    for name in ("npm", "npx"):
        stub = tmp_path / name
        stub.write_text(
            f'#!/bin/sh\n[ "$1" != --version ] || exec echo {version}\necho "{name} $*" >>"{tmp_path}/log"\n'
        )
        stub.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for _ in range(2):  # the second time there is nothing to do
        subprocess.run([tmp_path / "script" / "npm", "web"], env=environment, check=True, capture_output=True)
    assert (tmp_path / "log").read_text() == f"{program} ci --prefix web --ignore-scripts\n"
