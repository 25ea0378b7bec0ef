"""The time of a start and of the first request after it, and what a new document costs."""

import time
from itertools import count
from statistics import median
from typing import Any

from benchmarks import servers
from benchmarks.client import Connection, Failed, flood, post
from benchmarks.committed import Section
from benchmarks.databases import url_of
from benchmarks.figures import Figure
from benchmarks.rounds import in_rounds
from benchmarks.scale import Scale
from benchmarks.servers import Server
from benchmarks.workloads import Workload

STARTS = 5
LIVE = b"GET /health/live/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def measure(database: str, workload: Workload, scale: Scale) -> dict[str, Section]:
    """Returns the sections of the committed figures: seconds of a start, milliseconds of requests."""
    starts, firsts, later = [], [], []
    for _ in range(min(STARTS, scale.rounds)):
        began = time.perf_counter()
        with servers.gunicorn(url_of(database)) as server:
            server.wait()
            with Connection(server.address) as connection:
                connection.fetch(LIVE)
                starts.append(time.perf_counter() - began)
                request = post("/graphql", {"query": workload.document, "variables": workload.variables})
                firsts.append(latency(connection, request))
                later.append(median(latency(connection, request) for _ in range(50)))
    with servers.gunicorn(url_of(database)) as server:
        server.wait()
        seen, new = documents(server, workload, scale)
    costs = Figure.of(new_cost - seen_cost for new_cost, seen_cost in zip(new, seen, strict=True))
    return {
        "start": {
            "start": Figure.of(starts).rounded(),
            "first": Figure.of(firsts).rounded(),
            "later": Figure.of(later).rounded(),
            "seen": Figure.of(seen).rounded(),
            "new": Figure.of(new).rounded(),
            "new to seen": Figure.ratio(new, seen).rounded(),
        },
        "ratios": {"document": costs.rounded()},
    }


def documents(server: Server, workload: Workload, scale: Scale) -> tuple[list[float], list[float]]:
    """Returns the milliseconds of CPU of requests with a document that the workers have cached, and with a new one.

    A new one has aliases of its own (`Workload.renamed`).
    """
    numbers = count()
    seen, new = [], []

    def cost_of(document: Any) -> float:
        def script() -> Any:
            for _ in range(scale.repeats):
                response = yield post("/graphql", {"query": document(), "variables": workload.variables})
                if b'"errors"' in response:
                    raise Failed(response.decode())

        before = server.cpu_seconds()
        responses, _ = flood(server.address, [script()])
        return (server.cpu_seconds() - before) / responses * 1000

    def measure_seen() -> None:
        seen.append(cost_of(lambda: workload.document))

    def measure_new() -> None:
        new.append(cost_of(lambda: workload.renamed(next(numbers))))

    in_rounds([measure_seen, measure_new], 2)  # to warm up
    del seen[:], new[:]
    in_rounds([measure_seen, measure_new], scale.rounds)
    return seen, new


def latency(connection: Connection, request: bytes) -> float:
    """Returns the latency of a request in milliseconds."""
    began = time.perf_counter()
    connection.fetch(request)
    return (time.perf_counter() - began) * 1000
