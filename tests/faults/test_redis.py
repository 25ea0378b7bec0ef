"""Redis fails under load: each process limits rates by itself meanwhile, and no request is delayed or refused."""

import json

import pytest
from redis import Redis

from tests.faults.database import database_requests
from tests.faults.outage import FAULTS, check_optional_server, outage
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
        "RESERVATIONS_PER_HOUR_OF_NETWORK",
    ),
    "1000000",
)
"""Every request is counted, and none reaches a limit."""


@pytest.fixture
def app_variables():
    return RATES


@pytest.fixture
def redis(stack):
    """A client that reconnects after a failure."""
    with Redis(host=HOST, port=stack.port("redis"), socket_timeout=5) as client:
        yield client


@pytest.mark.parametrize("fault", FAULTS)
def test_no_request_fails_while_redis_does(fault, stack, load, api_client, report, redis):
    def rates():
        return redis.info("commandstats").get("cmdstat_incrby", {"calls": 0})["calls"]

    check_optional_server(stack, load, api_client, report, name="redis", fault=fault, uses=rates)


def test_metrics_counted_while_redis_is_unavailable_are_stored_afterwards(stack, load, redis):
    def stored():
        counts = {tuple(json.loads(series)): int(number) for series, number in redis.hgetall("metrics:total").items()}
        return counts.get(("http_requests_total", "graphql", "200"), 0)

    with outage(stack, "redis", "stopped, so that it refuses"), load() as traffic, traffic.phase(100, full=10):
        pass
    expected = len(database_requests(traffic.requests))

    assert expected > 20
    wait_until(lambda: stored() >= expected)
    assert stored() <= len(traffic.requests)
