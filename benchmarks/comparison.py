"""This API beside its peers on the same rows: every workload, and then reserve and confirm."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import committed, databases, pairs, plans, rounds
from benchmarks.figures import Figure
from benchmarks.line_up import Peer, line_up, peers_with
from benchmarks.rounds import Turns
from benchmarks.scale import Scale
from benchmarks.titles import API
from benchmarks.workloads import workloads
from reservation.domain.queries.verification import find_violations

DATABASE = "app_bench_peers"
MAIN = "fifty"
CACHED, FASTEST = ("memcached", "nginx"), "mercurius"

Measured = dict[str, dict[str, Turns]]
"""The measurements of each peer for each workload, by their names."""


@contextmanager
def serve_peers(scale: Scale) -> Iterator[list[Peer]]:
    with databases.practice(DATABASE, appointments=scale.appointments), line_up(databases.url_of(DATABASE)) as peers:
        yield peers


def measure(peers: list[Peer], scale: Scale, *, with_plans: bool) -> Measured:
    """Raises Failed when two peers return different data, and SystemExit when a reservation is wrong afterwards."""
    measured: Measured = {}
    for workload in workloads():
        print(f"{workload.title} …", flush=True)
        supporting = peers_with(peers, workload)
        measured[workload.name] = rounds.measure(workload, supporting, scale)
        if with_plans:
            print(plans.explain(workload), end="\n\n")
    servers = {peer.name: peer.server for peer in peers}
    print("Reserve and confirm …", flush=True)
    measured["pairs"] = pairs.measure(
        servers[API], servers["floor"], rounds=scale.rounds, seconds=max(scale.seconds, 1)
    )
    if violations := list(find_violations()):
        raise SystemExit("\n".join(map(str, violations)))
    return measured


def sections(measured: Measured) -> dict[str, committed.Section]:
    """Returns the sections of the committed figures."""
    return {
        "work": {
            work: {
                name: {"rate": Figure.of(turns.rates).rounded(), "cost": Figure.of(turns.costs).rounded()}
                for name, turns in of_peers.items()
            }
            for work, of_peers in measured.items()
        },
        "ratios": {name: ratio.rounded() for name, ratio in ratios(measured).items()},
    }


def ratios(measured: Measured) -> dict[str, Figure]:
    """Returns the ratios of the targets, and of CPU: of each peer to this API, and of the fastest one to the caches."""
    of_peers = measured[MAIN]

    def rates(one: str, other: str) -> Figure:
        return Figure.ratio(of_peers[one].rates, of_peers[other].rates)

    return {
        "apollo": rates(API, "apollo"),
        "view": Figure.ratio(of_peers["two"].costs, of_peers[API].costs),
        "stock": rates(API, "stock"),
        "memcached": rates("memcached", FASTEST),
        "nginx": rates("nginx", FASTEST),
        "pairs": Figure.ratio(measured["pairs"][API].rates, measured["pairs"]["floor"].rates),
        **{
            f"{work} / {name}": Figure.ratio(turns.costs, peers[API].costs)
            for work, peers in measured.items()
            for name, turns in peers.items()
            if name not in (API, *CACHED)
        },
        **{
            f"{work}, {name} / {FASTEST}": Figure.ratio(peers[FASTEST].costs, peers[name].costs)
            for work, peers in measured.items()
            for name in CACHED
            if name in peers
        },
    }
