"""How long listings take among ten million appointments, and among ten thousand."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from benchmarks.client import Connection, Failed, post
from benchmarks.committed import Section
from benchmarks.copies import copy_practice
from benchmarks.databases import booked_week, first_day, practice, url_of
from benchmarks.figures import Figure, Times, beside
from benchmarks.rounds import in_rounds
from benchmarks.servers import gunicorn
from reservation.models import Appointment

SMALL, LARGE = "app_bench_small", "app_bench_large"
FEW, ORIGINAL = 10_000, 100_000
"""The many are copies of the original: so their calendars are as full as any, and they are there in minutes."""

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


def measure(*, many: int, rounds: int) -> dict[str, Section]:
    """What is kept of it; many: how many appointments, about."""
    with (
        practice(SMALL, appointments=FEW),
        practice(LARGE, appointments=ORIGINAL),
        gunicorn(url_of(SMALL)) as small,
        gunicorn(url_of(LARGE)) as large,
    ):
        copy_practice(many // ORIGINAL - 1)
        rows = Appointment.objects.count()
        for server in (small, large):
            server.wait()
        with Connection(large.address) as among_many, Connection(small.address) as among_few:
            times = compare(among_many, among_few, rounds=rounds)
    slowest = max((Figure.ratio(*both) for both in times.values()), key=lambda ratio: ratio.median)
    return {
        "growth": {
            "rows": rows,
            "listings": beside(times),
        },
        "ratios": {"growth": slowest.kept()},
    }


def compare(among_many: Connection, among_few: Connection, *, rounds: int) -> Times:
    """Medians of twenty latencies each, request by request in turns."""
    times: Times = {}
    for (name, mine), (_, its) in zip(cases(among_many), cases(among_few), strict=True):
        requests = [
            (connection, post("/graphql", {"query": LISTING, "variables": variables}))
            for connection, variables in ((among_many, mine), (among_few, its))
        ]
        latencies(requests, times=20)  # to warm up
        pairs = [latencies(requests, times=20) for _ in range(rounds)]
        times[name] = [many for many, _ in pairs], [few for _, few in pairs]
    return times


def cases(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is listed: its name, and the query's variables."""
    everything = window(first_day())
    middle = ask(connection, FIRST, filter=window(first_day() + WINDOW / 2))["openAppointments"]["edges"][0]
    provider_id = middle["node"]["provider"]["id"]
    services = ask(connection, SERVICES)["services"]["nodes"]
    service_id = next(service["id"] for service in services if service["durationMinutes"] == 45)
    yield "all providers", {"filter": everything}
    yield "one provider", {"filter": {**everything, "providerIds": [provider_id]}}
    yield "through a week that is fully booked", {"filter": window(booked_week())}
    yield "a run of three appointments", {"filter": {**everything, "serviceId": service_id}}
    yield "a page from the middle", {"filter": everything, "after": middle["cursor"]}


def latencies(requests: list[tuple[Connection, bytes]], *, times: int) -> tuple[float, float]:
    """The median latency of each of two requests, in milliseconds."""
    taken: tuple[list[float], list[float]] = ([], [])

    def take(number: int) -> None:
        connection, request = requests[number]
        started = time.perf_counter()
        connection.ask(request)
        taken[number].append((time.perf_counter() - started) * 1000)

    in_rounds([lambda: take(0), lambda: take(1)], times)
    return median(taken[0]), median(taken[1])


def ask(connection: Connection, query: str, **variables: Any) -> Any:
    answer = json.loads(connection.ask(post("/graphql", {"query": query, "variables": variables})))
    if "errors" in answer:
        raise Failed(answer["errors"])
    return answer["data"]


def window(starts_from: datetime) -> dict[str, str]:
    return {"startsFrom": starts_from.isoformat(), "startsBefore": (first_day() + WINDOW).isoformat()}
