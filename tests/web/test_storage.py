"""Hashed names in the imports of modules."""

import re
from pathlib import Path
from shutil import copytree
from typing import Any

from django.conf import settings

from web.storage import StaticFilesStorage

FOLDER = "staff/calendar"
CALENDAR = settings.BASE_DIR / "staff" / "static" / "staff" / "calendar"


def test_modules_import_each_other_under_names_with_hashes(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_URL, settings.DEBUG = "/static/", False
    copytree(CALENDAR, tmp_path / FOLDER)
    storage = StaticFilesStorage(location=tmp_path, base_url="/static/")
    paths = {f"{FOLDER}/{file.name}": (storage, f"{FOLDER}/{file.name}") for file in CALENDAR.iterdir()}
    assert all(done for *_, done in storage.post_process(paths))
    names = dict(storage.hashed_files)
    imported = set()
    for name in paths:
        if name.endswith(".js"):
            imported |= set(re.findall(r'from "\./([^"]+)"', (tmp_path / names[name]).read_text()))
    assert imported
    assert {f"{FOLDER}/{file}" for file in imported} <= set(names.values())
