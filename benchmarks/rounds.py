"""Rounds in which everybody has a short turn, one after the other, and begins as often as the others."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from benchmarks.client import Connection, Failed, Script, flood
from benchmarks.line_up import Peer
from benchmarks.scale import Scale
from benchmarks.servers import Server
from benchmarks.work import Work

CONNECTIONS = 16


@dataclass
class Turns:
    """What somebody did in each round.

    rates: how much of it in a second. costs: what one of it cost its workers, in milliseconds of CPU.
    """

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def take(
        self,
        server: Server,
        script: Callable[[float], Script],
        *,
        seconds: float,
        requests: int = 1,
        connections: int = CONNECTIONS,
    ) -> None:
        """requests: of how many requests what is counted consists."""
        before, until = server.cpu_seconds(), time.perf_counter() + seconds
        answers, elapsed = flood(server.address, [script(until) for _ in range(connections)])
        done = answers / requests
        self.rates.append(done / elapsed)
        self.costs.append((server.cpu_seconds() - before) / done * 1000)


def in_rounds(turns: list[Callable[[], None]], rounds: int) -> None:
    for number in range(rounds):
        first = number % len(turns)
        for turn in turns[first:] + turns[:first]:
            turn()


def measure(work: Work, peers: list[Peer], scale: Scale) -> dict[str, Turns]:
    """What each of them did of this work, by name."""
    scripts = {peer.name: repeating(peer, work) for peer in peers}

    def run(rounds: int, seconds: float) -> dict[str, Turns]:
        done = {peer.name: Turns() for peer in peers}

        def turn_of(peer: Peer) -> Callable[[], None]:
            return lambda: done[peer.name].take(peer.server, scripts[peer.name], seconds=seconds)

        in_rounds([turn_of(peer) for peer in peers], rounds)
        return done

    run(1, scale.warm_up)
    return run(scale.rounds, scale.seconds)


def repeating(peer: Peer, work: Work) -> Callable[[float], Script]:
    """The same request again and again, until the clock shows so much; it is always answered the same."""
    request = peer.request(work)
    with Connection(peer.server.address) as connection:
        expected = connection.ask(request)
    return partial(repeat, request, expected=expected)


def repeat(request: bytes, until: float, *, expected: bytes | None = None) -> Script:
    while time.perf_counter() < until:
        answer = yield request
        if expected is not None and answer != expected:
            raise Failed(answer.decode())
