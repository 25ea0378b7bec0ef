"""Every list can be read page by page, in both directions, and has each row exactly once."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from reservation.domain.caller import Caller
from reservation.models import Appointment, Client, Provider, Reservation, Service
from tests.answer import Answer
from tests.factories import NOW, TOMORROW, make_appointments, make_client, make_provider, make_service, minutes, staff
from tests.practice import Ask, gid, make_cancelled

VALUES = (0, 1, 1, 1, 2, 3, 3)
"""The values that order the seven rows of each list: three rows share one, and two share another."""

WINDOW = 'startsFrom: "2030-01-02T00:00:00Z", startsBefore: "2030-01-03T00:00:00Z"'
PAGE = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"

ROOTS = {
    "providers": "providers(%s)",
    "providers, last name first": "providers(orderBy: {field: NAME, direction: DESC}, %s)",
    "providers, oldest first": "providers(orderBy: {field: CREATED_AT, direction: ASC}, %s)",
    "providers, newest first": "providers(orderBy: {field: CREATED_AT, direction: DESC}, %s)",
    "services": "services(%s)",
    "clients": "clients(%s)",
    "openAppointments": "openAppointments(filter: {WINDOW}, %s)".replace("WINDOW", WINDOW),
    "reservations": "reservations(%s)",
    "reservations, last first": "reservations(orderBy: {field: STARTS_AT, direction: DESC}, %s)",
    "reservations, oldest first": "reservations(orderBy: {field: CREATED_AT, direction: ASC}, %s)",
    "reservations, newest first": "reservations(orderBy: {field: CREATED_AT, direction: DESC}, %s)",
}
NESTED = {
    "services of a provider": ("Provider", "services(%s)"),
    "open appointments of a provider": ("Provider", "openAppointments(WINDOW, %s)".replace("WINDOW", WINDOW)),
    "providers of a service": ("Service", "providers(%s)"),
    "reservations of a client": ("Client", "reservations(%s)"),
    "reservations of a client, newest first": (
        "Client",
        "reservations(orderBy: {field: CREATED_AT, direction: DESC}, %s)",
    ),
}


@pytest.fixture
def parents(db: None) -> dict[str, Any]:
    """Seven rows of each model, created in another order than they are listed, and parents of all of them."""
    services, providers, clients = [], [], []
    for value in sorted(VALUES, key=lambda value: value % 3):
        name, at = "abcd"[value], NOW + minutes(value)
        services.append(make_service(name=name))
        providers.append(make_provider(name=name))
        Provider.objects.filter(pk=providers[-1].pk).update(created_at=at)
        clients.append(make_client(name=name))
        make_appointments(providers[-1], starts_at=TOMORROW + minutes(15 * value))
        start = TOMORROW + timedelta(hours=value)
        make_cancelled(clients[0], providers[0], starts_at=start, created_at=NOW + minutes(value))
    providers[0].services.set(services)
    services[0].providers.set(providers)
    make_appointments(providers[0], starts_at=TOMORROW + minutes(60), number=6)
    return {"Provider": providers[0], "Service": services[0], "Client": clients[0]}


@pytest.fixture
def answer(ask: Ask, parents: dict[str, Any]) -> Callable[..., Answer]:
    """Queries one page of a list."""
    caller: Caller = staff()

    def answer(name: str, **arguments: Any) -> Answer:
        text = ", ".join(f"{key}: {json.dumps(value)}" for key, value in arguments.items())
        if name in ROOTS:
            return ask(f"{{ list: {ROOTS[name] % text} {{ {PAGE} }} }}", caller=caller)
        noun, field = NESTED[name]
        document = f"query($id: ID!) {{ list: {noun.lower()}(id: $id) {{ page: {field % text} {{ {PAGE} }} }} }}"
        return ask(document, caller=caller, id=gid(parents[noun]))

    return answer


@pytest.fixture
def page(answer: Callable[..., Answer]) -> Callable[..., dict[str, Any]]:
    """One page of a list."""

    def page(name: str, **arguments: Any) -> dict[str, Any]:
        found = answer(name, **arguments).data["list"]
        return found if name in ROOTS else found["page"]

    return page


def walk(page: Callable[..., dict[str, Any]], name: str, size: int, *, backward: bool) -> Iterator[dict[str, Any]]:
    """Yields all pages. Each begins at the end of the one before."""
    arguments: dict[str, Any] = {"last" if backward else "first": size}
    more, cursor, place = (
        ("hasPreviousPage", "startCursor", "before") if backward else ("hasNextPage", "endCursor", "after")
    )
    while True:
        found = page(name, **arguments)
        yield found
        if not found["pageInfo"][more]:
            return
        arguments[place] = found["pageInfo"][cursor]


def ids(found: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in found["edges"]]


def expected(name: str, parents: dict[str, Any]) -> list[str]:
    """The documented order: by value and then by key, both in the same direction."""
    if "ppointments" in name:
        of = {"provider": parents["Provider"]} if name in NESTED else {}
        return [gid(row) for row in Appointment.objects.filter(**of).order_by("starts_at", "pk")]
    model = {"p": Provider, "s": Service, "c": Client, "r": Reservation}[name[0]]
    column = "starts_at" if model is Reservation else "name"
    if "oldest" in name or "newest" in name:
        column = "created_at"
    sign = "-" if "newest" in name or "last" in name else ""
    return [gid(row) for row in model.objects.order_by(f"{sign}{column}", f"{sign}pk")]


@pytest.mark.parametrize("name", [*ROOTS, *NESTED])
def test_the_pages_have_every_row_once_in_order(
    name: str, page: Callable[..., dict[str, Any]], parents: dict[str, Any]
) -> None:
    pages = list(walk(page, name, 3, backward=False))
    full = 4 if name == "openAppointments" else 2
    assert [len(one["edges"]) for one in pages] == [3] * full + [1]
    assert [one["pageInfo"]["hasPreviousPage"] for one in pages] == [False] + [True] * full
    assert [one for found in pages for one in ids(found)] == expected(name, parents)
    assert {one["totalCount"] for one in pages} == {3 * full + 1}


@pytest.mark.parametrize("name", ROOTS)
def test_the_pages_backward_have_the_same_rows(name: str, page: Callable[..., dict[str, Any]]) -> None:
    pages = list(walk(page, name, 3, backward=True))[::-1]
    assert [one for found in pages for one in ids(found)] == ids(page(name, first=100))
    assert [one["pageInfo"]["hasNextPage"] for one in pages] == [True] * (len(pages) - 1) + [False]


@pytest.mark.parametrize("name", [*ROOTS, *NESTED])
def test_a_page_can_begin_and_end_within_a_tie(name: str, page: Callable[..., dict[str, Any]]) -> None:
    whole = page(name, first=100)
    for edge, following in zip(whole["edges"], ids(whole)[1:], strict=False):
        assert ids(page(name, first=1, after=edge["cursor"])) == [following]


@pytest.mark.parametrize("name", [*ROOTS, *NESTED])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [({"first": 0}, "BAD_USER_INPUT"), ({"first": 101}, "BAD_USER_INPUT"), ({"after": "garbage"}, "INVALID_CURSOR")],
)
def test_every_list_refuses_an_invalid_page(
    name: str, arguments: dict[str, Any], code: str, answer: Callable[..., Answer]
) -> None:
    assert answer(name, **arguments).codes == [code]
