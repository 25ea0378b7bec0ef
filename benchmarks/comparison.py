"""Ours beside everybody else, on the same rows: every work, and then reserving and confirming."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import committed, databases, pairs, plans, rounds
from benchmarks.figures import Figure
from benchmarks.line_up import Peer, line_up, those_who_know
from benchmarks.rounds import Turns
from benchmarks.scale import Scale
from benchmarks.titles import OURS
from benchmarks.work import works
from reservation.domain.queries.verification import find_violations

DATABASE = "app_bench_peers"
MAIN = "fifty"
KEPT, QUICKEST = ("memcached", "nginx"), "mercurius"

Measured = dict[str, dict[str, Turns]]
"""What each peer did of each work, by their names."""


@contextmanager
def everybody(scale: Scale) -> Iterator[list[Peer]]:
    with databases.practice(DATABASE, appointments=scale.appointments), line_up(databases.url_of(DATABASE)) as peers:
        yield peers


def measure(peers: list[Peer], scale: Scale, *, with_plans: bool) -> Measured:
    """Raises Failed when somebody answers something else, or a reservation is wrong afterwards."""
    measured: Measured = {}
    for work in works():
        print(f"{work.title} …", flush=True)
        able = those_who_know(peers, work)
        measured[work.name] = rounds.measure(work, able, scale)
        if with_plans:
            print(plans.explain(work), end="\n\n")
    servers = {peer.name: peer.server for peer in peers}
    print("Reserve and confirm …", flush=True)
    measured["pairs"] = pairs.measure(
        servers[OURS], servers["floor"], rounds=scale.rounds, seconds=max(scale.seconds, 1)
    )
    if violations := list(find_violations()):
        raise SystemExit("\n".join(map(str, violations)))
    return measured


def sections(measured: Measured) -> dict[str, committed.Section]:
    """What is kept of it."""
    return {
        "work": {
            work: {
                name: {"rate": Figure.of(turns.rates).kept(), "cost": Figure.of(turns.costs).kept()}
                for name, turns in of_peers.items()
            }
            for work, of_peers in measured.items()
        },
        "ratios": {name: ratio.kept() for name, ratio in ratios(measured).items()},
    }


def ratios(measured: Measured) -> dict[str, Figure]:
    """Of each target, and of CPU: everybody's to ours, and to what is kept that of who is quickest without."""
    of_peers = measured[MAIN]

    def rates(one: str, other: str) -> Figure:
        return Figure.ratio(of_peers[one].rates, of_peers[other].rates)

    return {
        "apollo": rates(OURS, "apollo"),
        "view": Figure.ratio(of_peers["two"].costs, of_peers[OURS].costs),
        "stock": rates(OURS, "stock"),
        "memcached": rates("memcached", QUICKEST),
        "nginx": rates("nginx", QUICKEST),
        "pairs": Figure.ratio(measured["pairs"][OURS].rates, measured["pairs"]["floor"].rates),
        **{
            f"{work} / {name}": Figure.ratio(turns.costs, peers[OURS].costs)
            for work, peers in measured.items()
            for name, turns in peers.items()
            if name not in (OURS, *KEPT)
        },
        **{
            f"{work}, {name} / {QUICKEST}": Figure.ratio(peers[QUICKEST].costs, peers[name].costs)
            for work, peers in measured.items()
            for name in KEPT
            if name in peers
        },
    }
