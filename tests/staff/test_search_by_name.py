"""Searches of staff find a name whatever its case, its accents and its encoding; files name services exactly."""

import pytest
from django.test import Client as Browser

from reservation.models import Provider
from tests.factories import make_client, make_hold, make_provider, make_service, make_user
from tests.staff.test_transfer import PROVIDERS, accept, errors, manager, upload

pytestmark = pytest.mark.django_db

__all__ = ["manager"]  # a fixture

COMPOSED, DECOMPOSED = "Jos\u00e9 Nu\u00f1ez", "Jose\u0301 Nun\u0303ez"
SEARCHES = [COMPOSED, DECOMPOSED, "jose nunez", "JOSÉ", "nuñ"]


def found(browser: Browser, page: str, text: str) -> list[str]:
    """Returns the rows of a list of the admin for this search."""
    return [str(row) for row in browser.get(f"/admin/reservation/{page}/", {"q": text}).context["cl"].result_list]


@pytest.mark.parametrize("name", [COMPOSED, DECOMPOSED], ids=ascii)
def test_lists_of_people_and_services_are_searched_by_name(name: str, manager: Browser) -> None:
    make_client(name=name)
    make_provider(name=name)
    make_service(name=name)
    make_client(name="Bo 🍺")
    for page in ("client", "provider", "service"):
        for text in SEARCHES:
            assert found(manager, page, text) == [COMPOSED], (page, text)
        assert found(manager, page, "🍣") == []
    assert found(manager, "client", "🍺") == ["Bo 🍺"]


def test_reservations_are_searched_by_the_names_of_people(manager: Browser) -> None:
    for hold in (make_hold(client=make_client(name="Anna Weiß")), make_hold(provider=make_provider(name=DECOMPOSED))):
        make_hold()
        for text in {hold.client.name: ["weiss", "WEISS"]}.get("Anna Weiß", SEARCHES):
            assert len(found(manager, "reservation", text)) == 1, text


def test_lists_are_in_one_order_on_every_database(manager: Browser) -> None:
    for name in ("zoe", "Zoë", "Åsa", "ada", "Bo", "Ärger"):
        make_service(name=name)
    assert found(manager, "service", "") == ["ada", "Ärger", "Åsa", "Bo", "zoe", "Zoë"]


def test_a_file_names_services_in_any_encoding_but_exactly(manager: Browser) -> None:
    service = make_service(name="Caf\u00e9 talk")
    make_provider(user=make_user(email="anna@example.com"), name="Anna")
    accept(manager, upload(manager, "email,services\nanna@example.com,Cafe\u0301 talk\n", PROVIDERS), PROVIDERS)
    assert [*Provider.objects.get().services.all()] == [service]
    refused = errors(upload(manager, "email,services\nanna@example.com,cafe talk\n", PROVIDERS))
    assert refused == [(1, {"services": ["There is no one service that is called cafe talk."]})]


def test_a_file_with_a_name_that_no_client_may_have_is_refused_with_the_row(manager: Browser) -> None:
    shown = upload(manager, "email,name\nok@example.com,Ok\nbo@example.com,Bo\u202eX\n")
    ((row, refused),) = errors(shown)
    assert (row, [*refused]) == (2, ["name"])
    assert "U+202E at position 3" in refused["name"][0]
