"""Finding providers."""

from typing import Any

import pytest

from reservation.domain.errors import InvalidInput
from reservation.domain.queries.providers import find_providers
from tests.factories import make_provider, make_service
from tests.rows import refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "ABC"),
        ({"search": "BRAVO"}, "B"),
        ({"search": "%"}, "C"),
        ({"search": ""}, "ABC"),
        ({"is_active": True}, "AC"),
        ({"is_active": False}, "B"),
        ({"is_active": True, "search": "a"}, "A"),
    ],
)
def test_find_providers_combines_its_conditions(conditions: dict[str, Any], expected: str) -> None:
    make_provider(name="Alpha")
    make_provider(name="Bravo", is_active=False)
    make_provider(name="C%")
    assert "".join(sorted(provider.name[0] for provider in find_providers(**conditions))) == expected


def test_find_providers_who_offer_a_service() -> None:
    service = make_service()
    offering = make_provider(services=(make_service(), service))
    make_provider(services=(make_service(),))
    assert list(find_providers(service_id=service.pk)) == [offering]
    assert list(find_providers(service_id=0)) == []


def test_find_providers_refuses_a_search_that_fits_no_name() -> None:
    with refused(InvalidInput, field="search"):
        find_providers(search="x" * 201)
