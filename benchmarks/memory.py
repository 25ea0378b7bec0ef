"""How much memory a worker has after a thousand requests, and after a hundred times as many."""

import re
from pathlib import Path
from statistics import mean

from benchmarks.client import Script, flood, post
from benchmarks.committed import Section
from benchmarks.databases import url_of
from benchmarks.figures import Figure
from benchmarks.servers import Server, gunicorn
from benchmarks.work import Work

CONNECTIONS = 4
FEW, MANY = 1_000, 100_000
PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def measure(database: str, works: list[Work], *, many: int = MANY) -> dict[str, Section]:
    """One worker, asked for all works in turns. What is kept: MiB, and after how many requests."""
    with gunicorn(url_of(database), WEB_CONCURRENCY="1") as server:
        server.wait()
        ask(server, works, FEW)
        few = resident(server)
        ask(server, works, many - FEW)
        later = resident(server)
    return {
        "memory": {"few": round(few, 1), "many": round(later, 1), "requests": many},
        "ratios": {"memory": Figure.of([later / few]).kept()},
    }


def ask(server: Server, works: list[Work], requests: int) -> None:
    # What is large is asked for less often, or it would take most of the time.
    mix = [works[1]] * 7 + [works[0], works[2], works[3]]
    asked = [post("/graphql", {"query": work.document, "variables": work.variables}) for work in mix]

    def script() -> Script:
        for number in range(requests // CONNECTIONS):
            yield asked[number % len(asked)]

    flood(server.address, [script() for _ in range(CONNECTIONS)])


def proportional(server: Server) -> float:
    """The memory of a worker in MiB, on average: pages that several processes share count in equal parts (PSS)."""
    found = [PROPORTIONAL.search(Path(f"/proc/{worker}/smaps_rollup").read_text()) for worker in server.workers]
    return mean(int(one[1]) / 1024 for one in found if one)


def resident(server: Server) -> float:
    """The resident memory of its only worker, in MiB."""
    (worker,) = server.workers
    found = RESIDENT.search(Path(f"/proc/{worker}/status").read_text())
    assert found
    return int(found[1]) / 1024
