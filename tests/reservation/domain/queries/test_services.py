"""Finding services."""

import pytest

from reservation.domain.errors import InvalidInput
from reservation.domain.queries.services import find_services
from tests.factories import make_provider, make_service
from tests.rows import refused

pytestmark = pytest.mark.django_db


def test_find_services_combines_its_conditions() -> None:
    alpha, bravo = make_service(name="Alpha"), make_service(name="Bravo", is_active=False)
    provider = make_provider(services=(bravo,))
    assert set(find_services()) == {alpha, bravo}
    assert list(find_services(search="ALPHA")) == [alpha]
    assert list(find_services(search="%")) == []
    assert list(find_services(provider_id=provider.pk)) == [bravo]
    assert list(find_services(provider_id=provider.pk, search="alpha")) == []


def test_find_services_refuses_a_search_that_fits_no_name() -> None:
    with refused(InvalidInput, field="search"):
        find_services(search="x" * 201)
