"""Rounds in which every server has a short turn; the one that begins changes from round to round."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from benchmarks.client import Connection, Failed, Script, flood
from benchmarks.line_up import Peer
from benchmarks.scale import Scale
from benchmarks.servers import Server
from benchmarks.workloads import Workload

CONNECTIONS = 16


@dataclass
class Turns:
    """The measurements of one server, one for each round.

    rates: units of work a second. costs: CPU time of the server's workers for one unit, in milliseconds.
    """

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def measure_turn(
        self,
        server: Server,
        script: Callable[[float], Script],
        *,
        seconds: float,
        requests: int = 1,
        connections: int = CONNECTIONS,
    ) -> None:
        """Measures one turn. requests: how many requests make a unit of work."""
        before, until = server.cpu_seconds(), time.perf_counter() + seconds
        responses, elapsed = flood(server.address, [script(until) for _ in range(connections)])
        done = responses / requests
        self.rates.append(done / elapsed)
        self.costs.append((server.cpu_seconds() - before) / done * 1000)


def in_rounds(turns: list[Callable[[], None]], rounds: int) -> None:
    """Runs all turns in each round, beginning with another one each time."""
    for number in range(rounds):
        first = number % len(turns)
        for turn in turns[first:] + turns[:first]:
            turn()


def measure(workload: Workload, peers: list[Peer], scale: Scale) -> dict[str, Turns]:
    """Returns the measurements of each peer, by its name."""
    scripts = {peer.name: repeating(peer, workload) for peer in peers}

    def run(rounds: int, seconds: float) -> dict[str, Turns]:
        done = {peer.name: Turns() for peer in peers}

        def turn_of(peer: Peer) -> Callable[[], None]:
            return lambda: done[peer.name].measure_turn(peer.server, scripts[peer.name], seconds=seconds)

        in_rounds([turn_of(peer) for peer in peers], rounds)
        return done

    run(1, scale.warm_up)
    return run(scale.rounds, scale.seconds)


def repeating(peer: Peer, workload: Workload) -> Callable[[float], Script]:
    """Returns a script that repeats one request until a given time, and raises Failed when its response changes."""
    request = peer.request(workload)
    with Connection(peer.server.address) as connection:
        expected = connection.fetch(request)
    return partial(repeat, request, expected=expected)


def repeat(request: bytes, until: float, *, expected: bytes | None = None) -> Script:
    while time.perf_counter() < until:
        response = yield request
        if expected is not None and response != expected:
            raise Failed(response.decode())
