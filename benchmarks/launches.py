"""What two checkouts take to start, to return their first response, and of memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from benchmarks.client import Connection, Script, flood, post
from benchmarks.figures import Figure
from benchmarks.memory import proportional
from benchmarks.report import spread, table
from benchmarks.rounds import CONNECTIONS, in_rounds
from benchmarks.scale import Scale
from benchmarks.start import LIVE, STARTS, latency
from benchmarks.workloads import workloads

if TYPE_CHECKING:
    from benchmarks.checkouts import Checkout

REQUESTS = 2_000

TITLES = {
    "start_seconds": "From the start to the first response of `/health/live/`, s",
    "first_request_ms": "The first request of the API after that, ms",
    "memory_mib": "Memory of a worker then (PSS), MiB",
    "later_memory_mib": f"Memory of a worker after {REQUESTS:,} requests more (PSS), MiB",
}


@dataclass(frozen=True, kw_only=True)
class Launch:
    start_seconds: float
    first_request_ms: float
    memory_mib: float
    later_memory_mib: float


def measure(checkouts: "list[Checkout]", scale: Scale) -> "dict[str, list[Launch]]":
    """Returns the launches of each checkout, by its name, without the first, which compiles modules."""
    done: dict[str, list[Launch]] = {one.name: [] for one in checkouts}

    def turn_of(checkout: "Checkout") -> Callable[[], None]:
        return lambda: done[checkout.name].append(launch(checkout))

    turns = [turn_of(one) for one in checkouts]
    in_rounds(turns, 1)
    for launches in done.values():
        launches.clear()
    in_rounds(turns, min(STARTS, scale.rounds))
    return done


def launch(checkout: "Checkout") -> Launch:
    fifty, *_ = workloads()
    request = post("/graphql", {"query": fifty.document, "variables": fifty.variables})
    began = time.perf_counter()
    with checkout.serve() as server, Connection(server.address) as connection:
        connection.fetch(LIVE)
        start_seconds = time.perf_counter() - began
        first_request_ms = latency(connection, request)
        memory_mib = proportional(server)

        def script() -> Script:
            for _ in range(REQUESTS // CONNECTIONS):
                yield request

        flood(server.address, [script() for _ in range(CONNECTIONS)])
        return Launch(
            start_seconds=start_seconds,
            first_request_ms=first_request_ms,
            memory_mib=memory_mib,
            later_memory_mib=proportional(server),
        )


def report(done: dict[str, list[Launch]]) -> str:
    this, other = done
    rows = []
    for field in fields(Launch):
        mine, theirs = ([getattr(one, field.name) for one in done[name]] for name in (this, other))
        ratio = Figure.ratio(mine, theirs)
        rows.append((TITLES[field.name], spread(Figure.of(mine)), spread(Figure.of(theirs)), spread(ratio)))
    return table(("", this, other, f"{this} to {other}"), rows)
