"""PageLoader and CountLoader: the pages of many parents in one statement."""

from typing import Any

import pytest

from api.context import Context
from api.execution import thread_loop
from api.loaders import CountLoader, PageLoader
from api.loaders.page import MAX_BRANCHES
from api.types.connections import Ordering, page_request
from reservation.models import Appointment, Provider, Service
from tests.factories import NOW, make_appointments, make_provider, make_service

BY_NAME = Ordering("Service", "name")
BY_START = Ordering("Appointment", "starts_at")


@pytest.fixture
def context() -> Context:
    return Context(now=NOW)


def load(loader: Any, keys: list[Any]) -> list[Any]:
    with thread_loop().session():
        return list(thread_loop().run_until_complete(loader.load_many(keys)))


def test_pages_of_several_models_are_read_with_one_statement_a_model(
    context: Context, db: None, django_assert_num_queries: Any
) -> None:
    provider = make_provider(services=(make_service(name="b"), make_service(name="a")))
    slots = make_appointments(provider, number=3)
    keys = [
        (provider.services.all(), page_request(BY_NAME)),
        (Appointment.objects.filter(provider=provider), page_request(BY_START, first=2)),
        (Appointment.objects.filter(provider=provider), page_request(BY_START, last=2)),
    ]
    with django_assert_num_queries(2):
        services, first, last = load(PageLoader.of(context), keys)
    assert [service.name for service in services.nodes] == ["a", "b"]
    assert (first.nodes, first.has_next_page, first.has_previous_page) == (slots[:2], True, False)
    assert (last.nodes, last.has_next_page, last.has_previous_page) == (slots[1:], False, True)


def test_counts_are_read_together(context: Context, db: None, django_assert_num_queries: Any) -> None:
    providers = [make_provider(), make_provider()]
    make_appointments(providers[0], number=3)
    keys = [Appointment.objects.filter(provider=provider) for provider in providers]
    with django_assert_num_queries(1):
        assert load(CountLoader.of(context), [*keys, Service.objects.all()]) == [3, 0, 0]


def test_an_empty_queryset_takes_no_statement(context: Context, db: None, django_assert_num_queries: Any) -> None:
    make_provider(name="a")
    nothing = Provider.objects.filter(pk__in=[])
    request = page_request(Ordering("Provider", "name"))
    with django_assert_num_queries(0):
        (page,) = load(PageLoader.of(context), [(nothing, request)])
        assert (page.nodes, load(CountLoader.of(context), [nothing])) == ([], [0])
    with django_assert_num_queries(2):
        pages = load(PageLoader.of(context), [(nothing, request), (Provider.objects.all(), request)])
        assert load(CountLoader.of(context), [nothing, Provider.objects.all()]) == [0, 1]
    assert [[one.name for one in page.nodes] for page in pages] == [[], ["a"]]


def test_more_parents_than_the_maximum_of_a_compound_statement_take_several(
    context: Context, db: None, django_assert_num_queries: Any
) -> None:
    services = [make_service(name="a"), make_service(name="b")]
    keys = [(Service.objects.filter(pk=service.pk), page_request(BY_NAME)) for service in services]
    with django_assert_num_queries(2):
        pages = load(PageLoader.of(context), keys * (MAX_BRANCHES // 2 + 1))
    assert [page.nodes for page in pages] == [[service] for service in services] * (MAX_BRANCHES // 2 + 1)
