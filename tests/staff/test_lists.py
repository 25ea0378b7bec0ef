"""The lists: a fixed number of statements, bounded pages, and searches by people."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reservation.models import Appointment, Client, Provider, Reservation, Service, User
from reservation.policy import BOOKED_UNTIL, Status
from staff import paginator
from staff.search import by_people
from tests.factories import make_client, make_provider, make_service, make_user, minutes

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def soon() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + DAY


def fill(number: int) -> None:
    """Add so many booked appointments as rows, each with a client and a provider of its own."""
    service, at = make_service(), soon()
    for place in range(number):
        client, provider = make_client(), make_provider()
        begins = at + minutes(15 * place)
        reservation = Reservation.objects.create(
            client=client,
            provider=provider,
            service=service,
            starts_at=begins,
            ends_at=begins + minutes(15),
            status=Status.CONFIRMED,
            created_at=begins - DAY,
            confirmed_at=begins - DAY,
        )
        Appointment.objects.create(
            provider=provider, starts_at=begins, reservation=reservation, is_booked=True, available_at=BOOKED_UNTIL
        )
        make_service(), Group.objects.create(name=f"{service} {service.pk} {place}")


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in."""
    client.force_login(make_user(email="aa@example.com", is_staff=True, is_superuser=True))
    return client


def rows(browser: Browser, noun: str, **parameters: str) -> list[Any]:
    """The rows that a list shows."""
    response = browser.get(reverse(f"admin:reservation_{noun}_changelist"), parameters)
    assert response.status_code == 200, response
    return list(response.context["cl"].result_list)


LISTS = {
    # The session and its account, the bounded number of rows, the rows, and then what they name.
    ("reservation_reservation", ""): 7,
    ("reservation_reservation", "?when=ahead&state=booked"): 7,
    ("reservation_reservation", "?q=Client"): 10,
    ("reservation_appointment", "?state=booked"): 7,
    ("reservation_appointment", "?state=booked&q=Client"): 10,
    ("reservation_client", ""): 4,
    ("reservation_client", "?q=Client"): 4,
    ("reservation_provider", ""): 5,
    ("reservation_service", ""): 4,
    ("reservation_user", ""): 5,
    ("auth_group", ""): 4,
}


def test_the_number_of_statements_is_the_same_for_a_page_and_a_row(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("staff.base.BoundedAdmin.list_per_page", 100)
    for shown in (1, 100):
        fill(shown - len(Reservation.objects.all()))
        cost = {}
        for noun, parameters in LISTS:
            with CaptureQueriesContext(connection) as captured:
                response = browser.get(reverse(f"admin:{noun}_changelist") + parameters)
            cost[noun, parameters] = len(captured)
            assert len(response.context["cl"].result_list) >= shown
        assert cost == LISTS


def test_counting_is_bounded(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(6)
    monkeypatch.setattr(paginator, "MAX_COUNTED", 5)
    monkeypatch.setattr("staff.base.BoundedAdmin.list_per_page", 3)
    first = browser.get(reverse("admin:reservation_client_changelist"))
    assert (first.context["cl"].result_count, first.context["cl"].paginator.num_pages) == (5, 2)
    assert "more than 5 clients" in " ".join(first.content.decode().split())
    assert 'rel="next"' in first.content.decode()
    last = browser.get(reverse("admin:reservation_client_changelist"), {"p": "2"}).content.decode()
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


def test_filters_are_not_counted(browser: Browser) -> None:
    fill(1)
    page = browser.get(reverse("admin:reservation_reservation_changelist"), {"_facets": "True"})
    assert "Show counts" not in page.content.decode()
    assert not page.context["cl"].add_facets


def test_an_action_for_all_pages_is_not_offered(browser: Browser) -> None:
    fill(30)
    page = browser.get(reverse("admin:reservation_reservation_changelist")).content.decode()
    assert re.search(r"Select all \d", page) is None


@pytest.mark.parametrize(
    ("noun", "text", "found"),
    [
        ("reservation", "Cleo", 1),
        ("reservation", "cleo@example.com", 1),
        ("reservation", "Anna", 1),
        ("reservation", "an", 1),
        ("reservation", "nobody", 0),
        ("reservation", "9" * 30, 0),
        ("appointment", "Anna", 1),
        ("appointment", "Cleo", 1),
    ],
)
def test_people_are_searched_by_name_and_email(noun: str, text: str, found: int, browser: Browser) -> None:
    fill(2)
    first, _ = Reservation.objects.order_by("pk")
    Client.objects.filter(pk=first.client_id).update(name="Cleo")
    User.objects.filter(pk=first.client.user_id).update(email="cleo@example.com")
    Provider.objects.filter(pk=first.provider_id).update(name="Anna")
    assert len(rows(browser, noun, q=text, state="booked")) == found


def test_a_text_with_a_null_character_matches_nothing() -> None:
    fill(1)
    found = by_people(Reservation.objects.all(), "\0", client="client_id", provider="provider_id")
    assert list(found) == []


def test_a_reservation_is_found_by_its_number(browser: Browser) -> None:
    fill(3)
    one = Reservation.objects.order_by("pk")[1]
    assert rows(browser, "reservation", q=str(one.pk)) == [one]


def test_a_lapsed_hold_is_listed_as_lapsed(browser: Browser) -> None:
    fill(2)
    lapsed, live = Reservation.objects.order_by("pk")
    for hold, expires_at in ((lapsed, soon() - 2 * DAY), (live, soon() + DAY)):
        Reservation.objects.filter(pk=hold.pk).update(status=Status.PENDING, confirmed_at=None, expires_at=expires_at)
        Appointment.objects.filter(reservation=hold).update(is_booked=False, available_at=expires_at)
    assert rows(browser, "reservation", state="held") == [live]
    assert rows(browser, "reservation", state="lapsed") == [lapsed]
    assert [slot.reservation_id for slot in rows(browser, "appointment", state="held")] == [live.pk]
    assert [slot.reservation_id for slot in rows(browser, "appointment")] == [lapsed.pk]


def test_a_day_and_a_month_are_chosen_above_the_list(browser: Browser) -> None:
    fill(1)
    reservation = Reservation.objects.get()
    day = f"{reservation.starts_at:%Y-%m-%d}"
    for when in (day, day[:7], "tomorrow", "ahead", "nonsense", "2030-99"):
        assert rows(browser, "reservation", when=when) == [reservation], when
    for when in ("past", "today", "2001-01", f"{reservation.starts_at - DAY:%Y-%m-%d}"):
        assert rows(browser, "reservation", when=when) == [], when


def test_the_filter_of_services_is_not_a_long_list(browser: Browser) -> None:
    fill(1)
    assert Service.objects.count() == 2
    assert rows(browser, "reservation", provider__id__exact=str(Provider.objects.get().pk))
