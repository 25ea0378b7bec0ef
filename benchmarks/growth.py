"""The latency of listings among ten million appointments, and among ten thousand."""

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
from benchmarks.figures import Figure, Times, figures_by_size
from benchmarks.rounds import in_rounds
from benchmarks.servers import gunicorn
from reservation.models import Appointment

SMALL, LARGE = "app_bench_small", "app_bench_large"
FEW, ORIGINAL = 10_000, 100_000
"""The large database is made of copies of the original, which takes minutes and leaves calendars as full as any."""

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
    """Returns the sections of the committed figures.

    many: about how many appointments the large database has.
    """
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
            "listings": figures_by_size(times),
        },
        "ratios": {"growth": slowest.rounded()},
    }


def compare(among_many: Connection, among_few: Connection, *, rounds: int) -> Times:
    """Medians of twenty latencies each; the two databases take turns request by request."""
    times: Times = {}
    for (name, many), (_, few) in zip(cases(among_many), cases(among_few), strict=True):
        requests = [
            (connection, post("/graphql", {"query": LISTING, "variables": variables}))
            for connection, variables in ((among_many, many), (among_few, few))
        ]
        latencies(requests, times=20)  # to warm up
        medians = [latencies(requests, times=20) for _ in range(rounds)]
        times[name] = [large for large, _ in medians], [small for _, small in medians]
    return times


def cases(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields the title of each listing, and the variables of its query."""
    whole_window = window(first_day())
    middle = execute(connection, FIRST, filter=window(first_day() + WINDOW / 2))["openAppointments"]["edges"][0]
    provider_id = middle["node"]["provider"]["id"]
    services = execute(connection, SERVICES)["services"]["nodes"]
    service_id = next(service["id"] for service in services if service["durationMinutes"] == 45)
    yield "all providers", {"filter": whole_window}
    yield "one provider", {"filter": {**whole_window, "providerIds": [provider_id]}}
    yield "through a week that is fully booked", {"filter": window(booked_week())}
    yield "a run of three appointments", {"filter": {**whole_window, "serviceId": service_id}}
    yield "a page from the middle", {"filter": whole_window, "after": middle["cursor"]}


def latencies(requests: list[tuple[Connection, bytes]], *, times: int) -> tuple[float, float]:
    """Returns the median latency of each of two requests, in milliseconds."""
    taken: tuple[list[float], list[float]] = ([], [])

    def measure_one(number: int) -> None:
        connection, request = requests[number]
        started = time.perf_counter()
        connection.fetch(request)
        taken[number].append((time.perf_counter() - started) * 1000)

    in_rounds([lambda: measure_one(0), lambda: measure_one(1)], times)
    return median(taken[0]), median(taken[1])


def execute(connection: Connection, query: str, **variables: Any) -> Any:
    response = json.loads(connection.fetch(post("/graphql", {"query": query, "variables": variables})))
    if "errors" in response:
        raise Failed(response["errors"])
    return response["data"]


def window(starts_from: datetime) -> dict[str, str]:
    return {"startsFrom": starts_from.isoformat(), "startsBefore": (first_day() + WINDOW).isoformat()}
