"""The first to acknowledge a change is not the process that has made it, and its response is not older than that."""

from contextlib import closing

import pytest

from tests.faults.api_client import ApiClient
from tests.faults.calendars import OPEN, calendars_from
from tests.faults.writer import Writer

pytestmark = pytest.mark.faults


@pytest.fixture
def app_variables(losses):
    return losses.variables


@pytest.mark.parametrize("once", ["answer", "process", "pause"])
def test_a_change_is_seen_after_its_repetition_was_acknowledged(once, stack, losses):
    """The process of the change loses the answer to its COMMIT, is killed after it, or is slow afterwards, while the
    same request comes once more, or is there already."""
    calendars = calendars_from(stack.ask("calendars", 1))
    [writable] = calendars.writable
    port = stack.port("app")

    def read():
        with closing(ApiClient(port)) as api_client:
            window = {"query": OPEN, "variables": calendars.window(writable.providers)}
            request = api_client.send("", "POST", "/graphql/", window)
            return [node["id"] for node in request.body["data"]["openAppointments"]["nodes"]]

    former = read()
    writer = Writer(calendars, writable, port=port, database_url="", at_once=once == "pause")
    with losses.of(f"once {once}"):
        payload, _ = writer.mutate("reserveAppointment", writable.client_tokens[0], appointmentId=former[0])
        assert read() == former[1:]
    assert payload
    assert [line for line in losses.lines() if "COMMIT" in line] != []
