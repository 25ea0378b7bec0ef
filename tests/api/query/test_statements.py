"""A list takes the same number of SQL statements with 1 and with 100 items, at any depth."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reservation.models import Appointment, Reservation, Service
from tests.conftest import Post
from tests.factories import NOW, TOMORROW, make_appointments, make_client, make_provider, make_service, minutes, staff
from tests.practice import Ask, gid

SIZES = pytest.mark.parametrize("size", [1, 100])
WINDOW = 'startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-02-01T00:00:00Z"'

LISTS: dict[str, tuple[int, str]] = {
    "providers": (1, "{ list: providers(first: 100) { nodes { name } } }"),
    "providers, counted": (2, "{ list: providers(first: 100) { totalCount nodes { name } pageInfo { hasNextPage } } }"),
    "providers of a service": (
        1, "query($s: ID) { list: providers(first: 100, filter: {serviceId: $s}) { nodes { name } } }"
    ),
    "providers with services": (
        2, "{ list: providers(first: 100) { nodes { services(first: 5) { nodes { name } } } } }"
    ),
    "providers with counted services": (
        3, "{ list: providers(first: 100) { nodes { services(first: 5) { totalCount nodes { name } } } } }"
    ),
    "providers with open appointments": (
        2, "{ list: providers(first: 100) { nodes { openAppointments(WINDOW, first: 5) { nodes { startsAt } } } } }"
    ),
    "providers with everything": (
        7,
        """query($s: ID) { list: providers(first: 100) { totalCount nodes {
            services(first: 5) { nodes { name } }
            openAppointments(WINDOW, serviceId: $s, first: 5) { totalCount nodes { isOpen provider { name } } }
        } } }""",
    ),
    "services": (1, "{ list: services(first: 100) { nodes { name } } }"),
    "services with providers": (
        3, "{ list: services(first: 100) { nodes { providers(first: 2) { totalCount nodes { name } } } } }"
    ),
    "services with providers with services": (
        3,
        """{ list: services(first: 100) { nodes { providers(first: 2) { nodes {
            services(first: 2) { nodes { name } }
        } } } } }""",
    ),
    "clients with reservations": (
        3, "{ list: clients(first: 100) { nodes { email reservations(first: 5) { totalCount nodes { status } } } } }"
    ),
    "clients with reservations with clients": (
        3, "{ list: clients(first: 100) { nodes { reservations(first: 5) { nodes { client { email } } } } } }"
    ),
    "reservations with everything": (
        5,
        """{ list: reservations(first: 100) { nodes {
            client { name } provider { name } service { name } appointments { startsAt isOpen provider { name } }
        } } }""",
    ),
    "reservations of what they hold": (
        3, "{ list: reservations(first: 100) { nodes { appointments { reservation { status } } } } }"
    ),
    "open appointments": (
        2,
        """{ list: openAppointments(filter: {WINDOW}, first: 100) { nodes {
            isOpen provider { name } reservation { status }
        } } }""",
    ),
    "open appointments for a service": (
        5,
        """query($s: ID) { list: openAppointments(filter: {WINDOW, serviceId: $s}, first: 100) { totalCount nodes {
            provider { name }
        } } }""",
    ),
}  # fmt: skip


def make_rows(size: int) -> Service:
    """Creates this many providers, services, clients, reservations and open appointments, each with one of the others.
    Returns a service that all providers offer."""
    shared = make_service(name="S")
    for number in range(size):
        service = make_service(name="S") if number else shared
        provider = make_provider(services=(service, shared))
        reservation = Reservation.objects.create(
            client=make_client(),
            provider=provider,
            service=service,
            starts_at=TOMORROW,
            ends_at=TOMORROW + minutes(15),
            status="PENDING",
            expires_at=TOMORROW,
            created_at=NOW,
        )
        lease = {"reservation": reservation, "available_at": TOMORROW}
        Appointment.objects.create(provider=provider, starts_at=TOMORROW, **lease)
        Appointment.objects.create(provider=provider, starts_at=TOMORROW + minutes(15))
    return shared


@SIZES
@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_the_same_number_of_statements_at_any_length(
    name: str, size: int, ask: Ask, db: None, django_assert_num_queries: Any
) -> None:
    statements, document = LISTS[name]
    who, service = staff(), make_rows(size)
    variables = {"s": gid(service)} if "$s" in document else {}
    with django_assert_num_queries(statements):
        answer = ask(document.replace("WINDOW", WINDOW), caller=who, **variables)
    assert answer.errors == []
    assert len(answer.data["list"]["nodes"]) == size


def test_the_open_appointments_of_seven_days_take_one_statement(post: Post, db: None) -> None:
    provider = make_provider()
    make_appointments(provider, number=3)
    days = [f"2030-01-{day:02}T00:00:00Z" for day in range(1, 9)]
    filters = [f'{{startsFrom: "{start}", startsBefore: "{end}"}}' for start, end in pairwise(days)]
    lists = " ".join(
        f"day{number}: openAppointments(filter: {given}, first: 1) {{ totalCount nodes {{ startsAt }} }}"
        for number, given in enumerate(filters)
    )
    with CaptureQueriesContext(connection) as captured:
        data = post({"query": f"{{ {lists.replace('totalCount ', '')} }}"}).json()["data"]
    assert len(captured) == 1
    assert len(data) == 7
    assert any(page["nodes"] for page in data.values())
    assert data == {
        name: {"nodes": page["nodes"]} for name, page in post({"query": f"{{ {lists} }}"}).json()["data"].items()
    }
