"""How a server fails under load, how it comes back, and what must hold of one that the service can do without."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from tests.faults.load import Load, percentile
from tests.faults.report import Report, take
from tests.faults.stack import Stack, wait_until
from tests.faults.visitor import Request, Visitor

Act = Callable[[Stack, str], None]

SLOWER_SECONDS = {"memcached": 0.3, "redis": 0.1}
"""By how much the 99th percentile may grow while what can be done without fails. Once a second in each process a change
tries twice to tell a Memcached that hangs, before it is acknowledged."""

TRIES = 3
"""How often that is measured before it is believed: whatever else runs here only ever makes it worse."""


FAULTS: dict[str, tuple[Act, Act]] = {
    "stopped, so that it refuses": (Stack.stop, Stack.start),
    "SIGSTOP, so that it hangs": (
        lambda stack, name: stack.signal(name, signal.SIGSTOP),
        lambda stack, name: stack.signal(name, signal.SIGCONT),
    ),
    "kill -9, and started again": (Stack.kill, Stack.start),
}
"""What begins each, and what ends it."""


@contextmanager
def outage(stack: Stack, name: str, fault: str) -> Iterator[None]:
    """This fault, until the block ends."""
    begin, end = FAULTS[fault]
    begin(stack, name)
    try:
        yield
    finally:
        end(stack, name)


def readiness(visitor: Visitor) -> tuple[int, str, dict[str, str]]:
    """The status by which a load balancer goes, the sum, and the states of all that it stands on."""
    answer = visitor.ask("", "GET", "/health/ready/")
    body = answer.body or {}
    return answer.status, body.get("status", ""), body


def do_without(
    stack: Stack,
    load: Callable[..., AbstractContextManager[Load]],
    visitor: Visitor,
    report: Report,
    *,
    name: str,
    fault: str,
    uses: Callable[[], int],
) -> None:
    """Make the server fail under load. Nobody may notice, and a moment after it is back it is used again.

    uses: how often the server has been used since it started.
    """
    growths = []
    for _ in range(TRIES):
        with load(clients=4, pause=0.02) as traffic:
            with traffic.phase(take(2, full=10)) as before:
                pass
            used = uses()
            with outage(stack, name, fault), traffic.phase(take(2, full=15)) as during:
                told = readiness(visitor)
            wait_until(partial(is_used_again, uses, uses()), seconds=5)
        assert used > 0
        assert len(before) > 20
        assert len(during) > 20
        assert [request for request in traffic.requests if request.failed] == []
        assert told[0] == 200
        assert (told[1], told[2][name]) == ("degraded", "unavailable")
        assert readiness(visitor)[:2] == (200, "ok")
        growths.append(growth(before, during))
        if growths[-1] <= SLOWER_SECONDS[name]:
            break
    report.add(name.capitalize(), fault, before=before, during=during)
    assert min(growths) <= SLOWER_SECONDS[name]


def is_used_again(uses: Callable[[], int], begun: int) -> bool:
    return uses() > begun


def growth(before: list[Request], during: list[Request]) -> float:
    return percentile(during, 0.99) - percentile(before, 0.99)
