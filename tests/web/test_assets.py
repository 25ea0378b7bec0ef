"""Whether the files from npm are there, also where static files have hashed names."""

from typing import Any

import pytest

from web.assets import are_installed


@pytest.mark.parametrize(("file", "exists"), [("web/icon.svg", True), ("web/nothing.js", False)])
def test_files_are_searched(file: str, exists: bool) -> None:
    assert are_installed(["web/icon.svg", file]) is exists


def test_files_that_were_not_collected_are_missing(settings: Any, tmp_path: Any) -> None:
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    assert are_installed(["web/icon.svg"]) is False
