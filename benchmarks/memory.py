"""The memory of a worker after a thousand requests, and after a hundred times as many."""

import re
from pathlib import Path
from statistics import mean

from benchmarks.client import Script, flood, post
from benchmarks.committed import Section
from benchmarks.databases import url_of
from benchmarks.figures import Figure
from benchmarks.servers import Server, gunicorn
from benchmarks.workloads import Workload

CONNECTIONS = 4
FEW, MANY = 1_000, 100_000
PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def measure(database: str, workloads: list[Workload], *, many: int = MANY) -> dict[str, Section]:
    """Returns the memory of one worker that serves all workloads in turns, in MiB."""
    with gunicorn(url_of(database), WEB_CONCURRENCY="1") as server:
        server.wait()
        send_mix(server, workloads, FEW)
        few = resident(server)
        send_mix(server, workloads, many - FEW)
        later = resident(server)
    return {
        "memory": {"few": round(few, 1), "many": round(later, 1), "requests": many},
        "ratios": {"memory": Figure.of([later / few]).rounded()},
    }


def send_mix(server: Server, workloads: list[Workload], requests: int) -> None:
    # Large responses are rarer, or they would take most of the time.
    mix = [workloads[1]] * 7 + [workloads[0], workloads[2], workloads[3]]
    sent = [post("/graphql", {"query": workload.document, "variables": workload.variables}) for workload in mix]

    def script() -> Script:
        for number in range(requests // CONNECTIONS):
            yield sent[number % len(sent)]

    flood(server.address, [script() for _ in range(CONNECTIONS)])


def proportional(server: Server) -> float:
    """Returns the average memory of a worker in MiB. A shared page counts in equal parts for its processes (PSS)."""
    found = [PROPORTIONAL.search(Path(f"/proc/{worker}/smaps_rollup").read_text()) for worker in server.workers]
    return mean(int(one[1]) / 1024 for one in found if one)


def resident(server: Server) -> float:
    """Returns the resident memory of its only worker, in MiB."""
    (worker,) = server.workers
    found = RESIDENT.search(Path(f"/proc/{worker}/status").read_text())
    assert found
    return int(found[1]) / 1024
