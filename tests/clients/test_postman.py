"""newman sends all requests of the Postman collection to a server, in order."""

import json
from pathlib import Path

import pytest
from django.utils import timezone

from reservation.demo import PASSWORD, DemoOptions, load
from reservation.models import User
from tests.api.test_postman import COLLECTION, ENVIRONMENT, requests
from tests.clients.conftest import Server, Tool


@pytest.fixture
def demo(server: Server, transactional_db: None) -> Server:
    """A server with demo data, and with the accounts for development."""
    load(DemoOptions(providers=1, days=7, booked=0.5, seed=1, now=timezone.now()), is_silent=True)
    for person in ("client", "provider", "staff"):
        user = User.objects.get(email=f"{person}@example.com")
        user.set_password(PASSWORD)
        user.save()
    return server


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
