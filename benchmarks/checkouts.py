"""Measures this checkout and another one of the project in turns, on the same rows: whether a change costs anything.

Both run on this checkout's Python and on rows that it made; each has servers and a Memcached of its own.
"""

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import databases, launches, pairs, servers
from benchmarks.client import Connection, Failed, Script
from benchmarks.figures import Figure
from benchmarks.report import spread, table
from benchmarks.rounds import CONNECTIONS, Turns, in_rounds
from benchmarks.scale import Scale
from benchmarks.servers import ROOT, Server
from benchmarks.traffic import REGISTRATION, TRAFFIC, Traffic, all_traffic
from reservation.domain.queries.verification import find_violations

DATABASE = "app_bench_checkouts"
THIS, OTHER = "this", "other"
PAIRS, START = "pairs", "start"
NAMES = (*TRAFFIC, PAIRS, START)


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A checkout of the project.

    variables: additional environment variables of its servers.
    """

    name: str
    directory: Path
    variables: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def serve(self, **variables: str) -> Iterator[Server]:
        """Its server, running, with the processes and threads of its own configuration."""
        variables = {**variables, **self.variables}
        url = databases.url_of(DATABASE)
        with servers.gunicorn(url, directory=self.directory, is_default=True, **variables) as server:
            server.wait()
            yield server


def compare(
    directory: Path,
    variables: dict[str, str],
    scale: Scale,
    *,
    only: Collection[str] = NAMES,
    connections: int = CONNECTIONS,
) -> None:
    """Prints the measurements of both checkouts for the traffic that `only` names.

    variables: for this checkout's servers. Raises Failed when the two return different responses.
    """
    this = Checkout(name=THIS, directory=ROOT, variables=variables)
    checkouts = [this, Checkout(name=OTHER, directory=directory.resolve())]
    print(describe(checkouts, scale, connections), end="\n\n", flush=True)
    with bytecode(), databases.practice(DATABASE, appointments=scale.appointments):
        print(HEAD, flush=True)
        traffic = [one for one in all_traffic() if one.name in only]
        for is_cached in (False, True):
            if several := [one for one in traffic if one.is_cached is is_cached]:
                with serve_all(checkouts, is_cached=is_cached) as serving:
                    for one in several:
                        print(line(one.title, take_turns(one, serving, scale, connections)), flush=True)
        if PAIRS in only:
            with serve_all(checkouts, is_cached=False) as serving:
                turns = take_turns_at_pairs(checkouts, serving, scale, connections)
            print(line("Reserve and confirm", turns), flush=True)
            if violations := list(find_violations()):
                raise SystemExit("\n".join(map(str, violations)))
        if START in only:
            print("\n" + launches.report(launches.measure(checkouts, scale)), flush=True)


@contextmanager
def serve_all(checkouts: list[Checkout], *, is_cached: bool) -> Iterator[dict[str, Server]]:
    """Yields a server of each checkout, by its name. is_cached: with a Memcached of its own."""
    with ExitStack() as stack:
        serving = {}
        for one in checkouts:
            url = stack.enter_context(servers.memcached()) if is_cached else ""
            serving[one.name] = server = stack.enter_context(one.serve(MEMCACHED_URL=url))
            if is_cached:
                with Connection(server.address) as connection:
                    connection.fetch(REGISTRATION)
        yield serving


@contextmanager
def bytecode() -> Iterator[None]:
    """Gives all servers one directory of compiled modules, since a checkout that has its own would start sooner."""
    with TemporaryDirectory(prefix="bytecode.") as directory:
        os.environ["PYTHONPYCACHEPREFIX"] = directory
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield


def take_turns(traffic: Traffic, serving: dict[str, Server], scale: Scale, connections: int) -> dict[str, Turns]:
    responses: dict[bytes, int] = {}
    scripts = {name: partial(script, traffic, count(), responses) for name in serving}
    return run(scripts, serving, scale, connections)


def script(traffic: Traffic, numbers: Iterator[int], responses: dict[bytes, int], until: float) -> Script:
    """Requests until then. responses: the hash of what was returned for each request, to both checkouts alike."""
    while time.perf_counter() < until:
        request = traffic.request(next(numbers))
        response = yield request
        if responses.setdefault(request, hash(response)) != hash(response) or b'"errors"' in response:
            raise Failed(f"Another response, or none, to {traffic.title}: {response[:2000].decode()}")


def take_turns_at_pairs(
    checkouts: list[Checkout], serving: dict[str, Server], scale: Scale, connections: int
) -> dict[str, Turns]:
    accounts = pairs.make_accounts()
    slots = iter(zip(pairs.open_slots(), cycle(range(len(accounts))), strict=False))  # each is taken by one of the two

    def script_of(tokens: list[str]) -> Callable[[float], Script]:
        return partial(pairs.by_graphql, ((appointment_id, tokens[number]) for appointment_id, number in slots))

    scripts = {one.name: script_of(pairs.make_tokens(accounts, one.directory)) for one in checkouts}
    return run(scripts, serving, scale, connections, requests=2)


def run(
    scripts: Mapping[str, Callable[[float], Script]],
    serving: dict[str, Server],
    scale: Scale,
    connections: int,
    *,
    requests: int = 1,
) -> dict[str, Turns]:
    def rounds(number: int, seconds: float) -> dict[str, Turns]:
        done = {name: Turns() for name in serving}

        def turn_of(name: str) -> Callable[[], None]:
            turn = partial(done[name].measure_turn, serving[name], scripts[name], seconds=seconds)
            return partial(turn, requests=requests, connections=connections)

        in_rounds([turn_of(name) for name in serving], number)
        return done

    rounds(1, scale.warm_up)
    return rounds(scale.rounds, scale.seconds)


RATIO = f"{THIS} to {OTHER}"
HEAD = table(("", f"{THIS}: a second", OTHER, RATIO, f"{THIS}: ms of CPU each", OTHER, RATIO), [])


def line(title: str, turns: dict[str, Turns]) -> str:
    """Returns a row of the table: rates, where more is better, and then costs, where less is."""
    one, other = turns[THIS], turns[OTHER]
    cells = [
        cell
        for mine, theirs in ((one.rates, other.rates), (one.costs, other.costs))
        for cell in (spread(Figure.of(mine)), spread(Figure.of(theirs)), spread(Figure.ratio(mine, theirs)))
    ]
    return f"| {' | '.join([title, *cells])} |"


def describe(checkouts: list[Checkout], scale: Scale, connections: int) -> str:
    lines = [
        f"{one.name}: {one.directory}" + "".join(f", {name}={value}" for name, value in one.variables.items())
        for one in checkouts
    ]
    conditions = (
        f"{scale.rounds} rounds of {scale.seconds} s after {scale.warm_up} s of warm-up; {connections} connections, "
        f"{os.cpu_count()} CPUs, load average before: {os.getloadavg()[0]:.1f}. "
        "Medians, with the middle half in brackets."
    )
    return "\n".join([*lines, conditions])
