"""Memcached fails under load: this costs cache hits and, while it hangs, a time-out a second, but never an error."""

from contextlib import closing

import pytest
from pymemcache.client.base import Client

from tests.faults.outage import FAULTS, check_optional_server
from tests.servers import HOST

pytestmark = pytest.mark.faults


@pytest.fixture
def hits(stack):
    """Returns the number of cache hits since Memcached started."""

    def hits():
        with closing(Client((HOST, stack.port("memcached")), timeout=5)) as client:
            return client.stats()[b"get_hits"]

    return hits


@pytest.mark.parametrize("fault", FAULTS)
def test_no_request_fails_while_memcached_does(fault, stack, load, api_client, report, hits):
    check_optional_server(stack, load, api_client, report, name="memcached", fault=fault, uses=hits)
