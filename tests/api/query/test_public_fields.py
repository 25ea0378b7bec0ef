"""All fields of providers and services that are read for many objects come with one statement."""

from typing import Any

import pytest
from graphql import get_named_type, is_leaf_type

from api.schema import schema
from cache import catalogue
from reservation.models.public import public_fields
from tests.factories import make_appointments, make_booking, make_provider, make_service, staff
from tests.practice import Ask

WINDOW = 'startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-02-01T00:00:00Z"'
NUMBER = 20

pytestmark = pytest.mark.django_db


def leaves(type_name: str) -> str:
    """Every field of the type that is a scalar or an enum."""
    fields = schema.type_map[type_name].fields  # type: ignore[attr-defined]
    return " ".join(name for name, field in fields.items() if is_leaf_type(get_named_type(field.type)))


@pytest.fixture
def providers() -> str:
    """A query for every field of the providers of many appointments."""
    for _ in range(NUMBER):
        make_appointments(make_provider())
    found = leaves("Provider")
    assert {"id", "name", "bio", "timeZone", "isActive"} <= set(found.split())
    return f"{{ openAppointments(filter: {{{WINDOW}}}, first: 100) {{ nodes {{ provider {{ {found} }} }} }} }}"


def test_every_field_of_nested_providers_is_read_with_one_statement(
    providers: str, ask: Ask, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):  # appointments, and their providers
        answer = ask(providers)
    assert len(answer.data["openAppointments"]["nodes"]) == NUMBER


def test_every_field_of_nested_services_is_read_with_one_statement(ask: Ask, django_assert_num_queries: Any) -> None:
    for _ in range(NUMBER):
        make_booking(service=make_service())
    who = staff()
    with django_assert_num_queries(2):  # reservations, and their services
        answer = ask(f"{{ reservations(first: 100) {{ nodes {{ service {{ {leaves('Service')} }} }} }} }}", caller=who)
    assert len(answer.data["reservations"]["nodes"]) == NUMBER


def test_a_field_that_were_forgotten_would_cost_a_statement_a_provider(
    providers: str, ask: Ask, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.select_public.cache_clear()
    monkeypatch.setattr(
        catalogue, "public_fields", lambda model: tuple(name for name in public_fields(model) if name != "bio")
    )
    try:
        with django_assert_num_queries(2 + NUMBER):
            ask(providers)
    finally:
        catalogue.select_public.cache_clear()
