"""How much of something a server does in a second, ours and its peer in turns, and what its workers spend on one."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.client import Script, flood
from benchmarks.report import Comparison, in_turns
from benchmarks.servers import Server

CONNECTIONS = 16


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What is done, with so many requests; a script does it again and again until the clock shows its argument."""

    what: str
    unit: str
    requests: int
    at_least: float
    ours: Callable[[float], Script]
    peer: Callable[[float], Script]

    def measure(self, server: Server, *, rounds: int, seconds: float, beside: Server | None = None) -> list[Comparison]:
        """Our side on this server; the peer's on another one, or on the same."""
        sides = server, beside or server
        self.run(*sides, rounds=1, seconds=seconds)  # to warm up
        return self.run(*sides, rounds=rounds, seconds=seconds)

    def run(self, ours: Server, peers: Server, *, rounds: int, seconds: float) -> list[Comparison]:
        rate = Comparison(what=self.what, unit=f"{self.unit}s/s", at_least=self.at_least)
        cost = Comparison(what=f"… what a {self.unit} costs the workers", unit="ms of CPU")

        def turn(server: Server, script: Callable[[float], Script], rates: list[float], costs: list[float]) -> None:
            before, until = server.cpu_seconds(), time.perf_counter() + seconds
            answers, elapsed = flood(server.address, [script(until) for _ in range(CONNECTIONS)])
            done = answers / self.requests
            rates.append(done / elapsed)
            costs.append((server.cpu_seconds() - before) / done * 1000)

        in_turns(
            rounds,
            lambda: turn(ours, self.ours, rate.ours, cost.ours),
            lambda: turn(peers, self.peer, rate.peer, cost.peer),
        )
        return [rate, cost]
