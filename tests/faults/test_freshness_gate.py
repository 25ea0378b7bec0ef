"""No response is older than promised, although the application reaches Memcached too late or not at all."""

import random
from contextlib import closing
from functools import partial

import pytest
from pymemcache.client.base import Client

from api.types.ids import from_global_id
from tests.faults.api_client import ApiClient
from tests.faults.calendars import OPEN
from tests.faults.mixed_load import repeatedly
from tests.faults.stack import wait_until
from tests.faults.writer import Writer
from tests.gate import Gate
from tests.servers import HOST

pytestmark = pytest.mark.faults


def slow_down(gate):
    gate.slow_down(lambda: random.uniform(0, 0.2))


def slow_down_much(gate):
    gate.slow_down(lambda: 0.6)


FAULTS = {
    "Memcached takes up to 0.2 s": slow_down,
    "Memcached takes 0.6 s": slow_down_much,
    "Memcached cannot be reached": Gate.refuse,
    "what is sent to Memcached is lost": Gate.swallow,
}


@pytest.fixture
def app_variables(gate):
    return {"GUNICORN_CMD_ARGS": f"--env MEMCACHED_URL=memcached://{HOST}:{gate.port}"}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_response_is_older_than_promised(fault, check_freshness, gate):
    check_freshness(fault, repeatedly(partial(FAULTS[fault], gate), gate.open))


@pytest.fixture
def memcached(stack):
    """A connection to Memcached that no fault concerns."""
    with closing(Client((HOST, stack.port("memcached")), timeout=30)) as client:
        yield client


@pytest.mark.parametrize("fault", [Gate.refuse, Gate.swallow])
def test_a_change_is_sent_to_memcached_when_it_is_back_although_nobody_asks_for_anything(
    fault, stack, calendars, gate, memcached
):
    window = {"query": OPEN, "variables": calendars.window()}
    writable = calendars.writable[0]
    with closing(ApiClient(stack.port("app"))) as api_client:
        nodes = api_client.send("", "POST", "/graphql/", window).body["data"]["openAppointments"]["nodes"]
        [node, *_] = [node for node in nodes if node["provider"]["id"] == writable.providers[0]]
        pk = from_global_id(writable.providers[0], noun="Provider")
        names = ["generations:1:calendars", f"generations:1:calendar:{pk}"]

        def are_cached():
            for providers in (None, writable.providers):
                body = {**window, "variables": calendars.window(providers)}
                assert not api_client.send("", "POST", "/graphql/", body).failed
            return memcached.get_many(names).keys() == set(names)

        wait_until(are_cached)
        before = memcached.get_many(names)
        writer = Writer(calendars, writable, port=stack.port("app"), database_url="")
        fault(gate)
        payload, _ = writer.mutate("reserveAppointment", writable.client_tokens[0], appointmentId=node["id"])
        assert payload
        assert memcached.get_many(names) == before
        gate.open()
        wait_until(lambda: all(value != before[name] for name, value in memcached.get_many(names).items()))
