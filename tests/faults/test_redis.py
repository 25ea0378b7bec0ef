"""Redis fails under load: each process counts rates for itself meanwhile, and nobody waits or is refused for it."""

import json

import pytest
from redis import Redis

from tests.faults.database import asked_of_database
from tests.faults.outage import FAULTS, do_without, outage
from tests.faults.report import take
from tests.faults.stack import wait_until
from tests.servers import HOST

pytestmark = pytest.mark.faults

RATES = dict.fromkeys(
    (
        "RATE_LIMIT_PERSON",
        "RATE_LIMIT_PERSON_BURST",
        "RATE_LIMIT_ANONYMOUS",
        "RATE_LIMIT_ANONYMOUS_BURST",
        "RESERVATIONS_PER_HOUR",
    ),
    "1000000",
)
"""Everybody is counted, and nobody reaches what they may do."""


@pytest.fixture(scope="module", autouse=True)
def counted(whole_stack):
    """The stack with rates that are counted."""
    whole_stack.restart("app", **RATES)
    yield
    whole_stack.restart("app")


@pytest.fixture
def redis(stack):
    """A connection to it, which is made anew when it broke."""
    with Redis(host=HOST, port=stack.port("redis"), socket_timeout=5) as client:
        yield client


@pytest.mark.parametrize("fault", FAULTS)
def test_no_request_fails_while_redis_does(fault, stack, load, visitor, report, redis):
    def rates():
        return redis.info("commandstats").get("cmdstat_incrby", {"calls": 0})["calls"]

    do_without(stack, load, visitor, report, name="redis", fault=fault, uses=rates)


def test_what_was_counted_while_redis_was_away_is_there_afterwards(stack, load, redis):
    def answered():
        counts = {tuple(json.loads(series)): int(number) for series, number in redis.hgetall("metrics:total").items()}
        return counts.get(("http_requests_total", "graphql", "200"), 0)

    with outage(stack, "redis", "stopped, so that it refuses"), load() as traffic, traffic.phase(take(2, full=10)):
        pass
    expected = len(asked_of_database(traffic.requests))

    assert expected > 20
    wait_until(lambda: answered() >= expected, seconds=5)
    assert answered() <= len(traffic.requests)
