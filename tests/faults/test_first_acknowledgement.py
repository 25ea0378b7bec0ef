"""The first to acknowledge a change is not the process that has made it, and its response is not older than that."""

import json
from contextlib import closing

import pytest

from tests.faults.api_client import ApiClient
from tests.faults.calendars import OPEN, calendars_from
from tests.faults.writer import Writer

pytestmark = pytest.mark.faults

LOSING = "--env DJANGO_SETTINGS_MODULE=tests.faults.losing.settings"


@pytest.mark.parametrize("once", ["answer", "process", "pause"])
def test_a_change_is_seen_after_its_repetition_was_acknowledged(once, stack, tmp_path):
    """The process of the change loses the answer to its COMMIT, is killed after it, or is slow afterwards, while the
    same request comes once more, or is there already."""
    calendars = calendars_from(json.loads(stack.run("-m", "tests.faults.inside", "calendars", "1")))
    [writable] = calendars.writable
    log = tmp_path / "losses"
    log.touch()
    stack.restart("app", GUNICORN_CMD_ARGS=LOSING, LOSE=f"once {once}", LOSE_LOG=str(log))
    port = stack.port("app")

    def read():
        with closing(ApiClient(port)) as api_client:
            window = {"query": OPEN, "variables": calendars.window(writable.providers)}
            request = api_client.send("", "POST", "/graphql/", window)
            return [node["id"] for node in request.body["data"]["openAppointments"]["nodes"]]

    try:
        former = read()
        writer = Writer(calendars, writable, port=port, database_url="", at_once=once == "pause")
        payload, _ = writer.mutate("reserveAppointment", writable.client_tokens[0], appointmentId=former[0])
        assert read() == former[1:]
    finally:
        stack.restart("app")
    assert payload
    assert [line for line in log.read_text().splitlines() if "COMMIT" in line] != []
