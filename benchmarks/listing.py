"""Listing open appointments: beside a view by hand, and among a hundred times as many."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import Connection, Failed, Script, get, post
from benchmarks.databases import booked_week, first_day
from benchmarks.rates import Rates
from benchmarks.report import Comparison, in_turns
from benchmarks.servers import Server

WINDOW = timedelta(days=60)
LISTING = """
query Listing($filter: OpenAppointmentFilter!, $after: String) {
  openAppointments(filter: $filter, first: 50, after: $after) { nodes { id startsAt provider { name } } }
}"""
FIRST = """
query First($filter: OpenAppointmentFilter!) {
  openAppointments(filter: $filter, first: 1) { edges { cursor node { provider { id } } } }
}"""
SERVICES = "{ services { nodes { id durationMinutes } } }"


def ask(connection: Connection, query: str, **variables: Any) -> Any:
    answer = json.loads(connection.ask(post("/graphql", {"query": query, "variables": variables})))
    if "errors" in answer:
        raise Failed(answer["errors"])
    return answer["data"]


def window(starts_from: datetime) -> dict[str, str]:
    return {"startsFrom": starts_from.isoformat(), "startsBefore": (first_day() + WINDOW).isoformat()}


# --- Beside a view by hand -----------------------------------------------------------------------------------------


def beside_a_view(server: Server) -> Rates:
    """The listing, and a view that answers the same JSON. Raises Failed when it does not."""
    limits = window(first_day())
    ours = post("/graphql", {"query": LISTING, "variables": {"filter": limits}})
    peer = get("/peer/listing?" + urlencode({"from": limits["startsFrom"], "before": limits["startsBefore"]}))
    with Connection(server.address) as connection:
        our_answer, its_answer = (connection.ask(request) for request in (ours, peer))
    if json.loads(our_answer) != json.loads(its_answer):
        raise Failed("The view by hand answers something else.")
    return Rates(
        what="50 open appointments, beside a view by hand",
        unit="request",
        requests=1,
        at_least=0.3,
        ours=lambda until: repeat(ours, our_answer, until),
        peer=lambda until: repeat(peer, its_answer, until),
    )


def from_memcached(server: Server) -> Rates:
    """One provider's listing, twice: of a server that has it in Memcached, and of one that asks the database."""
    with Connection(server.address) as connection:
        first = ask(connection, FIRST, filter=window(first_day()))["openAppointments"]["edges"][0]
        limits = {**window(first_day()), "providerIds": [first["node"]["provider"]["id"]]}
        request = post("/graphql", {"query": LISTING, "variables": {"filter": limits}})
        answer = connection.ask(request)
    return Rates(
        what="50 open appointments of a provider, from Memcached beside the database",
        unit="request",
        requests=1,
        at_least=1.0,
        ours=lambda until: repeat(request, answer, until),
        peer=lambda until: repeat(request, answer, until),
    )


def repeat(request: bytes, expected: bytes, until: float) -> Script:
    while time.perf_counter() < until:
        answer = yield request
        if answer != expected:
            raise Failed(answer.decode())


# --- Among a hundred times as many ---------------------------------------------------------------------------------


def cases(connection: Connection) -> Iterator[tuple[str, float | None, dict[str, Any]]]:
    """What is listed: its name, the largest ratio that is all right, and the query's variables."""
    everything = window(first_day())
    middle = ask(connection, FIRST, filter=window(first_day() + WINDOW / 2))["openAppointments"]["edges"][0]
    provider_id = middle["node"]["provider"]["id"]
    services = ask(connection, SERVICES)["services"]["nodes"]
    service_id = next(service["id"] for service in services if service["durationMinutes"] == 45)
    yield "all providers", 1.2, {"filter": everything}
    yield "one provider", 1.2, {"filter": {**everything, "providerIds": [provider_id]}}
    yield "through a booked week", 1.2, {"filter": window(booked_week())}
    yield "a page from the middle", 1.2, {"filter": everything, "after": middle["cursor"]}
    yield "for a service of 45 minutes", None, {"filter": {**everything, "serviceId": service_id}}


def among_many(large: Server, small: Server, *, sizes: str, rounds: int, seconds: float) -> Iterator[Comparison]:
    """Medians of latencies, request by request in turns; a case ends early when it has had its seconds."""
    with ExitStack() as stack:
        ours, peer = (stack.enter_context(Connection(server.address)) for server in (large, small))
        for (name, at_most, mine), (_, _, its) in zip(cases(ours), cases(peer), strict=True):
            result = Comparison(what=f"{name}, {sizes}", unit="ms", at_most=at_most)
            requests = [
                (connection, post("/graphql", {"query": LISTING, "variables": variables}))
                for connection, variables in ((ours, mine), (peer, its))
            ]
            deadline = time.perf_counter() + seconds
            latencies(requests, times=5)  # to warm up
            while len(result.ours) < rounds and (len(result.ours) < 3 or time.perf_counter() < deadline):
                one, other = latencies(requests, times=20)
                result.ours.append(one)
                result.peer.append(other)
            yield result


def latencies(requests: list[tuple[Connection, bytes]], *, times: int) -> tuple[float, float]:
    """The median latency of each of two requests, in milliseconds."""
    taken: tuple[list[float], list[float]] = ([], [])

    def measure(number: int) -> None:
        connection, request = requests[number]
        started = time.perf_counter()
        connection.ask(request)
        taken[number].append((time.perf_counter() - started) * 1000)

    in_turns(times, lambda: measure(0), lambda: measure(1))
    return median(taken[0]), median(taken[1])
