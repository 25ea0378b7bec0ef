"""Moving a reservation on the booking page: it keeps its service and its length, whatever became of the service."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reservation.domain.reservation import confirm, reserve
from reservation.models import Provider, Reservation, Service
from tests.factories import caller, make_appointments, make_client, make_provider, make_service, make_user, minutes
from tests.web.browser import Visitor, check_accessibility, in_database, visiting
from tests.web.test_book_in_chromium import EMAIL, NINE, PASSWORD, log_in


@pytest.fixture
def booked(transactional_db: None) -> Reservation:
    """Half an hour's massage at nine with Robin, who is open until eleven, as is Kim; others offer nothing of it."""
    massage = make_service(name="Massage", duration_minutes=30)
    others = (make_service(name="Check-up"), make_service(name="Long session", duration_minutes=60))
    for name in ("Robin Ray", "Kim Sato"):
        provider = make_provider(name=name, services=(massage, *others), time_zone="Europe/London")
        make_appointments(provider, starts_at=NINE, number=8)
    robin, now = Provider.objects.get(name="Robin Ray"), timezone.now()
    client = caller(make_client(user=make_user(email=EMAIL, password=PASSWORD), name="Cleo"))
    first = robin.appointments.earliest("starts_at")
    held = reserve(caller=client, appointment_id=first.pk, service_id=massage.pk, now=now)
    return confirm(caller=client, reservation_id=held.pk, now=now)


@pytest.fixture
def visitor(chromium: Browser, origin: str, booked: Reservation) -> Iterator[Visitor]:
    with visiting(chromium, origin) as visitor:
        yield visitor


def begin_to_move(visitor: Visitor) -> Page:
    page = visitor.page("/book?view=mine")
    page.locator("#stranger").get_by_role("button", name="Log in").click()
    log_in(page)
    page.locator("#upcoming article").get_by_role("button", name="Move").click()
    expect(page.locator("#moving")).to_be_visible()
    expect(page.locator("#times a").first).to_be_visible()
    return page


def times(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#times a").all_inner_texts()]


def read(booked: Reservation) -> dict[str, Any]:
    def values() -> dict[str, Any]:
        booked.refresh_from_db()
        return {name: getattr(booked, name) for name in ("status", "service_id", "starts_at", "ends_at")}

    return dict(in_database(values))


def test_a_move_offers_no_other_service_and_holds_nothing(visitor: Visitor, booked: Reservation) -> None:
    page = begin_to_move(visitor)
    for name in ("Massage", "Long session", "Check-up"):
        expect(page.get_by_role("link", name=name)).to_be_hidden()
    page.locator("#times").get_by_role("link", name="10:00").click()
    choice = page.locator("#choice")
    expect(choice).to_contain_text("Massage with Robin Ray")
    expect(choice.get_by_text("It is then yours for")).to_be_hidden()
    expect(choice.get_by_label("Anything we should know?")).to_be_hidden()
    expect(choice.get_by_role("button", name="Hold this time")).to_be_hidden()
    check_accessibility(page)
    choice.get_by_role("button", name="Move it here").click()
    expect(page.locator("#notice")).to_contain_text("Moved to")
    expect(page.locator("#times a")).to_have_count(0)  # they would move it again
    start = NINE + timedelta(hours=1)
    assert read(booked) == {
        "status": "CONFIRMED",
        "service_id": booked.service_id,
        "starts_at": start,
        "ends_at": start + minutes(30),
    }
    page.get_by_role("link", name="Massage").click()
    page.locator("#times a").first.click()
    expect(choice.get_by_text("It is then yours for")).to_be_visible()
    expect(choice.get_by_role("button", name="Move it here")).to_be_hidden()


def test_a_reservation_of_an_inactive_service_is_moved_with_its_provider(visitor: Visitor, booked: Reservation) -> None:
    in_database(lambda: Service.objects.filter(name="Massage").update(is_active=False))
    page = begin_to_move(visitor)
    expect(page.get_by_role("link", name="Robin Ray")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="Kim Sato")).to_have_count(0)
    page.locator("#times").get_by_role("link", name="10:30").click()
    expect(page.locator("#chosen")).to_contain_text("Massage with Robin Ray")
    page.get_by_role("button", name="Move it here").click()
    expect(page.locator("#notice")).to_contain_text("Moved to")
    assert read(booked)["starts_at"] == NINE + minutes(90)


@pytest.mark.parametrize("present", [15, 60])
def test_the_length_that_counts_is_the_reservations_own(present: int, visitor: Visitor, booked: Reservation) -> None:
    in_database(lambda: Service.objects.filter(name="Massage").update(duration_minutes=present))
    page = begin_to_move(visitor)
    assert times(page) == ["09:30", "09:45", "10:00", "10:15", "10:30"]
    page.locator("#times a").last.click()
    page.get_by_role("button", name="Move it here").click()
    expect(page.locator("#notice")).to_contain_text("Moved to")
    assert read(booked)["ends_at"] == NINE + timedelta(hours=2)


def test_a_provider_who_no_longer_offers_the_service_can_still_be_moved_to(
    visitor: Visitor, booked: Reservation
) -> None:
    in_database(lambda: Service.objects.get(name="Massage").providers.remove(booked.provider))
    page = begin_to_move(visitor)
    expect(page.locator("#providers a")).to_have_count(3)  # anybody, Robin and Kim
    page.locator("#times").get_by_role("link", name="10:30").click()
    page.get_by_role("button", name="Move it here").click()
    expect(page.locator("#notice")).to_contain_text("Moved to")


def test_a_reservation_without_a_service_is_moved_too(visitor: Visitor, booked: Reservation) -> None:
    in_database(lambda: Reservation.objects.update(service=None))
    page = begin_to_move(visitor)
    expect(page.locator("#providers a")).to_have_count(2)
    page.locator("#times").get_by_role("link", name="10:30").click()
    expect(page.locator("#chosen")).to_contain_text("Appointment with Robin Ray")
    page.get_by_role("button", name="Move it here").click()
    expect(page.locator("#notice")).to_contain_text("Moved to")
    assert read(booked)["starts_at"] == NINE + minutes(90)


def test_a_move_begins_on_the_first_day_that_has_its_length(visitor: Visitor, booked: Reservation) -> None:
    def leave_quarters() -> None:
        day_after = NINE + timedelta(days=3)
        booked.provider.appointments.filter(starts_at__gt=NINE + minutes(40)).delete()
        make_appointments(booked.provider, starts_at=day_after, number=2)

    in_database(leave_quarters)
    page = begin_to_move(visitor)
    assert times(page) == ["09:00"]
    page.locator("#times a").click()
    page.get_by_role("button", name="Move it here").click()
    expect(page.locator("#notice")).to_contain_text("Moved to")
    assert read(booked)["starts_at"] == NINE + timedelta(days=3)


def test_a_link_to_move_what_is_not_there_says_so(visitor: Visitor) -> None:
    page = begin_to_move(visitor)
    page.goto("/book?move=UmVzZXJ2YXRpb246OTk5OTk5")
    expect(page.locator("#notice")).to_contain_text("This is no longer offered.")
