"""No response is older than promised, whatever Memcached does. More of these tests are in test_freshness_*.py."""

import signal
from collections import Counter
from contextlib import closing, nullcontext

import pytest

from tests.faults.api_client import ApiClient
from tests.faults.calendars import OPEN
from tests.faults.mixed_load import AT_ONCE, repeatedly

pytestmark = pytest.mark.faults

FAULTS = {
    "none": lambda stack: nullcontext(),
    AT_ONCE: lambda stack: nullcontext(),
    "Memcached is killed, and started again": lambda stack: repeatedly(
        lambda: stack.kill("memcached"), lambda: stack.start("memcached")
    ),
    "Memcached is stopped (SIGSTOP), and goes on": lambda stack: repeatedly(
        lambda: stack.signal("memcached", signal.SIGSTOP), lambda: stack.signal("memcached", signal.SIGCONT)
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_response_is_older_than_promised(fault, stack, check_freshness):
    check_freshness(fault, FAULTS[fault](stack))


def test_no_persisted_query_is_denied_twice_by_a_process_while_memcached_is_away(stack, calendars):
    denied = Counter()
    stack.stop("memcached")
    for number in range(60):
        with closing(ApiClient(stack.port("app"))) as api_client:
            kinds = []
            api_client.on_request = lambda request, kinds=kinds: kinds.append(request.codes)
            request = api_client.read_by_hash(OPEN + f"# {number % 2}", **calendars.window())
        assert not request.failed
        denied[number % 2] += ("PERSISTED_QUERY_NOT_FOUND",) in kinds
    assert max(denied.values()) <= len(stack.workers())
