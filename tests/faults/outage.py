"""How servers fail and recover, and what must hold when the service can do without the server."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from cache.circuit_breaker import MAX_FAILURES
from cache.connection import MOMENT_SECONDS, READ_TIMEOUT_SECONDS
from tests.faults.api_client import ApiClient, Request
from tests.faults.load import Load, percentile
from tests.faults.report import Report, duration
from tests.faults.stack import Stack, wait_until

Action = Callable[[Stack, str], None]

MAX_SLOWDOWN_SECONDS = {"memcached": MAX_FAILURES * READ_TIMEOUT_SECONDS, "redis": 0.1}
"""By how much the 99th percentile may grow while this server fails. When Memcached begins to hang, each process waits
for it three times, be it in one request."""

MAX_USUAL_SLOWDOWN_SECONDS = MOMENT_SECONDS
"""By how much the median may grow: once Memcached hangs, changes alone wait for it, for a moment."""

TRIES = 3
"""How often the growth is measured at most: other work on the machine can only increase it."""


FAULTS: dict[str, tuple[Action, Action]] = {
    "stopped, so that it refuses": (Stack.stop, Stack.start),
    "SIGSTOP, so that it hangs": (
        lambda stack, name: stack.signal(name, signal.SIGSTOP),
        lambda stack, name: stack.signal(name, signal.SIGCONT),
    ),
    "kill -9, and started again": (Stack.kill, Stack.start),
}
"""For each fault, how it begins and how it ends."""


@contextmanager
def outage(stack: Stack, name: str, fault: str) -> Iterator[None]:
    """Causes this fault until the block ends."""
    begin, end = FAULTS[fault]
    begin(stack, name)
    try:
        yield
    finally:
        end(stack, name)


def readiness(api_client: ApiClient) -> tuple[int, str, dict[str, str]]:
    """The HTTP status for load balancers, the overall state, and the state of every dependency."""
    request = api_client.send("", "GET", "/health/ready/")
    body = request.body or {}
    return request.status, body.get("status", ""), body


def wait_for_readiness(api_client: ApiClient, status: int, state: str) -> dict[str, str]:
    """Returns the state of every dependency once this is the overall state. A process finds it out once a second."""
    found: list[dict[str, str]] = []

    def is_found() -> bool:
        number, overall, states = readiness(api_client)
        found.append(states)
        return (number, overall) == (status, state)

    wait_until(is_found)
    return found[-1]


def check_optional_server(
    stack: Stack,
    load: Callable[..., AbstractContextManager[Load]],
    api_client: ApiClient,
    report: Report,
    *,
    name: str,
    fault: str,
    uses: Callable[[], int],
) -> None:
    """Asserts that no request fails or gets much slower while this server fails, and that it is used again soon after.

    uses: returns how often the server has been used since it started.
    """
    growths = []
    for _ in range(TRIES):
        with load(clients=4, pause=0.02) as traffic:
            with traffic.phase(duration(2, full=10)) as before:
                pass
            used = uses()
            with outage(stack, name, fault), traffic.phase(duration(2, full=15)) as during:
                states = wait_for_readiness(api_client, 200, "degraded")
            wait_until(partial(is_used_again, uses, uses()), seconds=5)
        assert used > 0
        assert len(before) > 20
        assert len(during) > 20
        assert [request for request in traffic.requests if request.failed] == []
        assert states[name] == "unavailable"
        wait_for_readiness(api_client, 200, "ok")
        growths.append((growth(before, during, 0.99), growth(before, during, 0.5)))
        if is_small(name, *growths[-1]):
            break
    report.add(name.capitalize(), fault, before=before, during=during)
    assert is_small(name, *growths[-1]), growths


def is_used_again(uses: Callable[[], int], begun: int) -> bool:
    return uses() > begun


def growth(before: list[Request], during: list[Request], share: float) -> float:
    return percentile(during, share) - percentile(before, share)


def is_small(name: str, worst: float, usual: float) -> bool:
    return worst <= MAX_SLOWDOWN_SECONDS[name] and usual <= MAX_USUAL_SLOWDOWN_SECONDS
