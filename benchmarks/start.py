"""What comes before the usual: a start, the first request after it, a document that was never seen before."""

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
from benchmarks.work import Work

STARTS = 5
LIVE = b"GET /health/live/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def measure(database: str, work: Work, scale: Scale) -> dict[str, Section]:
    """What is kept of it. Seconds of a start and milliseconds of requests, but for the ratio of a new document."""
    starts, firsts, later = [], [], []
    for _ in range(min(STARTS, scale.rounds)):
        began = time.perf_counter()
        with servers.gunicorn(url_of(database)) as server:
            server.wait()
            with Connection(server.address) as connection:
                connection.ask(LIVE)
                starts.append(time.perf_counter() - began)
                request = post("/graphql", {"query": work.document, "variables": work.variables})
                firsts.append(latency(connection, request))
                later.append(median(latency(connection, request) for _ in range(50)))
    with servers.gunicorn(url_of(database)) as server:
        server.wait()
        seen, new = documents(server, work, scale)
    costs = Figure.of(one - other for one, other in zip(new, seen, strict=True))
    return {
        "start": {
            "start": Figure.of(starts).kept(),
            "first": Figure.of(firsts).kept(),
            "later": Figure.of(later).kept(),
            "seen": Figure.of(seen).kept(),
            "new": Figure.of(new).kept(),
            "new to seen": Figure.ratio(new, seen).kept(),
        },
        "ratios": {"document": costs.kept()},
    }


def documents(server: Server, work: Work, scale: Scale) -> tuple[list[float], list[float]]:
    """What a request with a document that the workers have seen costs them in CPU, and with a new one, in milliseconds.

    A new one has other aliases, so that everything about it is new.
    """
    numbers = count()
    seen, new = [], []

    def cost_of(document: Any) -> float:
        def script() -> Any:
            for _ in range(scale.repeats):
                answer = yield post("/graphql", {"query": document(), "variables": work.variables})
                if b'"errors"' in answer:
                    raise Failed(answer.decode())

        before = server.cpu_seconds()
        answers, _ = flood(server.address, [script()])
        return (server.cpu_seconds() - before) / answers * 1000

    def renamed() -> str:
        return work.document.replace(" name ", f" name{next(numbers)}: name ").replace(
            " id ", f" id{next(numbers)}: id "
        )

    def measure_seen() -> None:
        seen.append(cost_of(lambda: work.document))

    def measure_new() -> None:
        new.append(cost_of(renamed))

    in_rounds([measure_seen, measure_new], 2)  # to warm up
    del seen[:], new[:]
    in_rounds([measure_seen, measure_new], scale.rounds)
    return seen, new


def latency(connection: Connection, request: bytes) -> float:
    """In milliseconds."""
    began = time.perf_counter()
    connection.ask(request)
    return (time.perf_counter() - began) * 1000
