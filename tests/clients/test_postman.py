"""The Postman collection has every example, and newman sends all of its requests to a server, in order."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from api.management.commands import export_postman
from reservation.demo import PASSWORD, DemoOptions, load
from reservation.models import User
from tests.clients.conftest import EXAMPLES, Server, Tool

COLLECTION, ENVIRONMENT = (export_postman.FOLDER / name for name in export_postman.FILES)


@pytest.fixture
def demo(server: Server, transactional_db: None) -> Server:
    """A server with demo data, and with the accounts for development."""
    load(DemoOptions(providers=1, days=7, booked=0.5, seed=1, now=timezone.now()), is_silent=True)
    for person in ("client", "provider", "staff"):
        user = User.objects.get(email=f"{person}@example.com")
        user.set_password(PASSWORD)
        user.save()
    return server


def requests(folder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in folder["item"]:
        yield from requests(item) if "item" in item else [item]


def test_every_request_of_the_collection_passes_its_checks(demo: Server, tool: Tool, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run = tool(
        "node_modules/newman/bin/newman.js",
        *("run", COLLECTION, "--environment", ENVIRONMENT, "--env-var", f"baseUrl={demo.url}"),
        *("--reporters", "json", "--reporter-json-export", report, "--timeout-request", "10000"),
    )
    sent = json.loads(report.read_text())["run"]
    assert [
        (failure["source"]["name"], failure["error"]["test"], failure["error"]["message"])
        for failure in sent["failures"]
    ] == []
    assert run.returncode == 0, run.stderr
    names = [item["name"] for item in requests(json.loads(COLLECTION.read_text()))]
    assert [execution["item"]["name"] for execution in sent["executions"]] == names
    assert all(len(execution["assertions"]) == 3 for execution in sent["executions"])


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
