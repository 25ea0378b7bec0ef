"""The Postman collection has every example, and is current."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from api.management.commands import export_postman
from tests.clients.conftest import EXAMPLES

COLLECTION, ENVIRONMENT = (export_postman.FOLDER / name for name in export_postman.FILES)


def requests(folder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in folder["item"]:
        yield from requests(item) if "item" in item else [item]


def test_the_collection_has_every_example_and_no_id_twice() -> None:
    found = list(requests(json.loads(COLLECTION.read_text())))
    sent = {item["request"]["body"]["graphql"]["query"] for item in found if "graphql" in item["request"]["body"]}
    assert sent == {path.read_text().split("\n", 1)[1] for path in EXAMPLES}
    assert len({item["id"] for item in found}) == len(found)


def test_the_collection_is_current() -> None:
    call_command("export_postman", check=True)


def test_a_stale_collection_is_reported_and_export_updates_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_postman, "FOLDER", tmp_path / "postman")
    with pytest.raises(CommandError, match="stale"):
        call_command("export_postman", check=True)
    call_command("export_postman")
    call_command("export_postman", check=True)
    (tmp_path / "postman" / ENVIRONMENT.name).write_text("{}")
    with pytest.raises(CommandError, match="environment"):
        call_command("export_postman", check=True)
