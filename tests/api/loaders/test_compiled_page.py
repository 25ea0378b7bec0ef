"""Pages by compiled queries equal the pages by the ORM."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import connections

from api.context import Context
from api.execution import thread_loop
from api.loaders import CriteriaPageLoader
from api.loaders.compiled_page import MAX_SHAPES, compile_page, compiled_page
from api.types.connections import Key, Ordering, PageRequest
from api.types.ordering import APPOINTMENTS_BY_START
from database.compiled_query import STATEMENT_CACHE
from reservation.domain.caller import Caller
from reservation.domain.queries.open_appointments import OpenAppointments
from reservation.domain.queries.reservations import Reservations
from reservation.models import Service
from reservation.policy import Status
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_client,
    make_hold,
    make_provider,
    make_service,
    minutes,
    staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _compiled(settings: Any) -> None:
    """These tests are about compiled pages, whatever COMPILED_QUERIES is."""
    settings.COMPILED_QUERIES = True


AFTER, BEFORE = TOMORROW + minutes(30), TOMORROW + minutes(90)


def all_three(request: PageRequest, **conditions: Any) -> tuple[Any, Any, Any]:
    """A page by a compiled query, by the ORM, and by a loader of several pages."""
    criteria = OpenAppointments.of(now=NOW, **conditions)
    compiled = compiled_page(criteria, request)
    found = criteria.queryset()
    by_orm = request.page(list(request.slice(found)), found.count)
    loader = CriteriaPageLoader.of(Context(now=NOW))
    with thread_loop().session():
        loaded, _ = thread_loop().run_until_complete(loader.load_many([(criteria, request)] * 2))
    return compiled, by_orm, loaded


def test_compiled_pages_of_every_shape_equal_the_pages_of_the_orm() -> None:
    service, closed = make_service(duration_minutes=30), make_service(is_active=False)
    providers = [make_provider(services=(service, closed)), make_provider(), make_provider(is_active=False)]
    for provider in providers:
        make_appointments(provider, number=8)
    make_hold(provider=providers[0], starts_at=TOMORROW + minutes(8 * 15))
    ids = [provider.pk for provider in providers]
    services: list[Service | None] = [None, service, closed]
    seen = set()
    for after, before, is_backward, provider_ids, starts_before, wanted in product(
        (None, Key(AFTER, 0)), (None, Key(BEFORE, 0)), (False, True), (None, [], ids[:1], ids), (None, BEFORE), services
    ):
        request = PageRequest(
            ordering=APPOINTMENTS_BY_START, size=3, is_backward=is_backward, after=after, before=before
        )
        compiled, by_orm, loaded = all_three(
            request, provider_ids=provider_ids, starts_before=starts_before, service=wanted
        )
        assert compiled.nodes == by_orm.nodes == loaded.nodes
        assert (compiled.has_next_page, compiled.has_previous_page) == (by_orm.has_next_page, by_orm.has_previous_page)
        assert (loaded.has_next_page, loaded.has_previous_page) == (by_orm.has_next_page, by_orm.has_previous_page)
        with thread_loop().session():
            assert compiled.count() == by_orm.count() == thread_loop().run_until_complete(loaded.count())
        seen.add(len(compiled.nodes))
    assert seen == {0, 3}


def test_compiled_pages_of_reservations_equal_the_pages_of_the_orm_for_every_viewer() -> None:
    provider, client = make_provider(), make_client()
    holds = [
        make_hold(provider=provider, client=client, starts_at=TOMORROW + minutes(60 * number)) for number in (0, 1)
    ]
    make_hold(provider=provider, starts_at=TOMORROW + minutes(300))
    other = make_hold()
    both_at_once = replace(caller(other.client), provider_id=provider.pk)
    viewers = [Caller(), caller(client), caller(provider), both_at_once, staff()]
    statuses = (None, [], [Status.PENDING], [Status.EXPIRED, Status.PENDING, Status.EXPIRED])
    seen = set()
    for viewer, status, descending, now, conditions in product(
        viewers,
        statuses,
        (False, True),
        (NOW, NOW + minutes(60 * 24)),
        ({}, {"client_id": client.pk}, {"provider_id": provider.pk, "starts_before": holds[1].starts_at}),
    ):
        given: dict[str, Any] = {"viewer": viewer, "now": now, "status": status, **conditions}
        ordering = Ordering("Reservation", "starts_at", descending)
        request = PageRequest(ordering=ordering, size=3, is_backward=False, after=None, before=None)
        criteria = Reservations.of(**given)
        compiled, by_orm = compiled_page(criteria, request), criteria.queryset()
        assert compiled.nodes == list(by_orm.order_by(*ordering.columns(backward=False))[:3])
        assert compiled.count() == by_orm.count()
        seen.add(compiled.count())
    assert seen == {0, 1, 2, 3, 4}


def test_the_number_of_cached_shapes_is_bounded() -> None:
    make_appointments(make_provider(), number=1)
    for size in range(1, MAX_SHAPES + 20):
        request = PageRequest(ordering=APPOINTMENTS_BY_START, size=size, is_backward=False, after=None, before=None)
        assert len(all_three(request)[0].nodes) == 1
    assert compile_page.cache_info().currsize == MAX_SHAPES
    names = [select.build.__qualname__ for select in vars(connections["default"])[STATEMENT_CACHE]]
    assert names.count("compile_page.<locals>.build") == MAX_SHAPES


def test_the_number_of_cached_statements_is_bounded_for_any_values() -> None:
    provider = make_provider()
    make_appointments(provider, number=1)
    bounds = (None, Key(AFTER, 0))
    for size, length, after, before in product(range(1, 11), (1, 2, 3, 5, 9, 17), bounds, bounds):
        request = PageRequest(ordering=APPOINTMENTS_BY_START, size=size, is_backward=False, after=after, before=before)
        all_three(request, provider_ids=[provider.pk] * length)
    cached = vars(connections["default"])[STATEMENT_CACHE]
    pages = [statements for select, statements in cached.items() if "compile_page" in select.build.__qualname__]
    assert sum(map(len, pages)) == MAX_SHAPES
