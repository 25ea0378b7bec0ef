"""How servers fail and recover, and what must hold when the service can do without the server."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from cache.circuit_breaker import MAX_FAILURES
from cache.connection import MOMENT_SECONDS, READ_TIMEOUT_SECONDS
from tests.faults.api_client import ApiClient, Request
from tests.faults.load import Load
from tests.faults.report import Report, percentile
from tests.faults.stack import Stack, wait_until

Action = Callable[[Stack, str], None]

MAX_SLOWDOWN_SECONDS = {
    "memcached": {0.99: MAX_FAILURES * READ_TIMEOUT_SECONDS, 0.5: MOMENT_SECONDS},
    "redis": {0.99: 0.1, 0.5: MOMENT_SECONDS},
}
"""By how much these percentiles may grow while this server fails; where they were more than that before, as on a busy
machine, they may double. When Memcached begins to hang, each process waits for it three times, be it in one request;
after that changes alone wait for it, for a moment."""

RECOVERY_SECONDS = 30
"""The limit of waiting for the server to be used again, which takes a second or two."""

TRIES = 5
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
    slower = []
    for _ in range(TRIES):
        with load(clients=4, pause=0.02) as traffic:
            with traffic.phase(100, full=10) as before:
                pass
            used = uses()
            with outage(stack, name, fault), traffic.phase(150, full=15) as during:
                states = wait_for_readiness(api_client, 200, "degraded")
            wait_until(partial(is_used_again, uses, uses()), seconds=RECOVERY_SECONDS)
        assert used > 0
        assert [request for request in traffic.requests if request.failed] == []
        assert states[name] == "unavailable"
        wait_for_readiness(api_client, 200, "ok")
        slower.append(much_slower(before, during, MAX_SLOWDOWN_SECONDS[name]))
        if not slower[-1]:
            break
    report.add(name.capitalize(), fault, before=before, during=during)
    assert not slower[-1], slower


def is_used_again(uses: Callable[[], int], begun: int) -> bool:
    return uses() > begun


def much_slower(before: list[Request], during: list[Request], limits: dict[float, float]) -> dict[float, list[float]]:
    """Returns the percentiles that grew by more than these seconds and more than twofold, each before and during."""
    found = {share: [percentile(requests, share) for requests in (before, during)] for share in limits}
    return {share: [usual, now] for share, (usual, now) in found.items() if now - usual > max(limits[share], usual)}
