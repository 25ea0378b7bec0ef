"""The overview for staff: tallies, upcoming reservations and concerns."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model

from reservation.domain.queries.overview import (
    LONG_AGO,
    LOOK_BACK,
    MOST,
    SOON,
    TALLIED,
    Tally,
    coming_up,
    concerns,
    in_two_places,
    inactive_providers,
    name_people,
    tally,
)
from reservation.domain.reservation import cancel, complete, mark_no_show
from reservation.models import Client, Provider, Reservation
from reservation.policy import Status
from reservation.status_words import StatusGroup
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    minutes,
    staff,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
END = TOMORROW + minutes(30)


def kinds(now: datetime) -> dict[str, int]:
    return {concern.kind: concern.number for concern in concerns(inactive=inactive_providers(), now=now)}


def make_row(starts_at: datetime, status: Status = Status.CONFIRMED, **fields: Any) -> Reservation:
    """A reservation's row, without the checks of commands."""
    people: dict[str, Model] = {
        "client": Client.objects.first() or make_client(),
        "provider": Provider.objects.first() or make_provider(),
    }
    times = {"ends_at": starts_at + minutes(15), "created_at": NOW, "confirmed_at": NOW}
    return Reservation.objects.create(starts_at=starts_at, status=status, **{**people, **times, **fields})


def only_free(number: int) -> Tally:
    return Tally(free=number, reservations=dict.fromkeys(TALLIED, 0))


def test_a_tally_counts_each_state_in_the_interval_and_nothing_outside_it() -> None:
    provider = make_provider()
    make_booking(provider=provider)
    completed, missed = (make_booking(provider=provider, starts_at=TOMORROW + minutes(15 * step)) for step in (1, 2))
    complete(caller=staff(), reservation_id=completed.pk, now=END)
    mark_no_show(caller=staff(), reservation_id=missed.pk, now=END)
    make_hold(provider=provider, starts_at=TOMORROW + minutes(45), now=NOW)
    cancelled = make_hold(provider=provider, starts_at=TOMORROW + minutes(60))
    cancel(caller=caller(cancelled.client), reservation_id=cancelled.pk, now=NOW)
    make_appointments(provider, starts_at=TOMORROW + minutes(75), number=2)
    make_appointments(provider, starts_at=TOMORROW + minutes(120))  # at the end of the interval, which is exclusive
    make_booking(provider=provider, starts_at=TOMORROW + minutes(135))
    counted = tally(starts_from=TOMORROW, starts_before=TOMORROW + minutes(120), inactive=(), now=NOW)
    assert counted == Tally(
        free=3,
        reservations={
            StatusGroup.BOOKED: 2,
            StatusGroup.HELD: 1,
            StatusGroup.CANCELLED: 1,
            StatusGroup.NO_SHOW: 1,
        },
    )


def test_a_lapsed_hold_is_free_time_and_no_hold() -> None:
    make_hold()
    later = NOW + minutes(30)
    assert tally(starts_from=NOW, starts_before=NOW + 2 * DAY, inactive=(), now=later) == only_free(1)


def test_free_time_is_in_the_future_and_of_active_providers() -> None:
    inactive = make_provider(is_active=False)
    make_appointments(inactive, number=3)
    make_appointments(make_provider(), number=2)
    assert inactive_providers() == [inactive.pk]
    within = {"starts_from": TOMORROW, "starts_before": TOMORROW + DAY, "inactive": [inactive.pk]}
    assert tally(**within, now=NOW) == only_free(2)
    assert tally(**within, now=TOMORROW + minutes(1)) == only_free(1)


def test_upcoming_reservations_are_held_or_booked_and_in_order() -> None:
    late, early = make_booking(starts_at=TOMORROW + DAY), make_hold()
    cancelled = make_hold(starts_at=TOMORROW + minutes(15))
    cancel(caller=caller(cancelled.client), reservation_id=cancelled.pk, now=NOW)
    assert coming_up(now=NOW, number=5) == [early, late]
    assert coming_up(now=NOW, number=1) == [early]
    assert coming_up(now=NOW + minutes(30), number=5) == [late]


def test_a_quiet_day_has_no_concerns() -> None:
    make_booking()
    make_hold(starts_at=TOMORROW + minutes(15))
    assert kinds(NOW) == {}


def test_a_hold_is_a_concern_shortly_before_it_lapses_and_long_after() -> None:
    hold = make_hold()
    assert hold.expires_at is not None
    assert kinds(hold.expires_at - SOON - minutes(1)) == {}
    assert kinds(hold.expires_at - SOON) == {"lapsing": 1}
    assert kinds(hold.expires_at) == {}
    assert kinds(hold.expires_at + LONG_AGO) == {"not marked as expired": 1}


def test_a_past_booking_without_an_outcome_is_a_concern_for_a_week() -> None:
    booking = make_booking()
    assert kinds(booking.ends_at - minutes(1)) == {}
    assert kinds(booking.ends_at) == {"not closed": 1}
    assert kinds(booking.starts_at + LOOK_BACK) == {"not closed": 1}
    assert kinds(booking.starts_at + LOOK_BACK + minutes(1)) == {}
    complete(caller=staff(), reservation_id=booking.pk, now=booking.ends_at)
    assert kinds(booking.ends_at) == {}


def test_future_reservations_of_an_inactive_provider_are_a_concern() -> None:
    booking = make_booking()
    Provider.objects.update(is_active=False)
    assert kinds(NOW) == {"inactive provider": 1}
    assert kinds(booking.starts_at) == {}


def test_a_client_in_two_places_is_found_shortly_before() -> None:
    first, second = make_row(NOW + minutes(60), ends_at=NOW + minutes(120)), make_row(NOW + minutes(90))
    make_row(NOW + minutes(120))  # when the first one ends
    make_row(NOW + minutes(90), Status.CANCELLED, cancelled_at=NOW)
    make_row(NOW + minutes(90), client=make_client())
    assert in_two_places(NOW) == [first.pk, second.pk]
    assert kinds(NOW) == {"in two places": 2}
    assert in_two_places(NOW - DAY) == []


def test_the_count_of_a_concern_is_bounded() -> None:
    for number in range(MOST + 1):
        make_row(NOW - minutes(15 * (number + 2)))
    [concern] = concerns(inactive=[], now=NOW)
    assert (concern.number, concern.is_more, len(concern.first)) == (MOST, True, 3)


@pytest.mark.parametrize("size", [1, 20])
def test_the_overview_costs_the_same_for_any_number_of_rows(size: int, django_assert_num_queries: Any) -> None:
    for number in range(size):
        make_row(NOW - minutes(15 * (number + 2)))
        make_row(NOW + minutes(15 * (number + 1)))
    with django_assert_num_queries(14):
        inactive = inactive_providers()
        for days in (1, 7):
            tally(starts_from=NOW, starts_before=NOW + days * DAY, inactive=inactive, now=NOW)
        rows = coming_up(now=NOW, number=8)
        found = concerns(inactive=inactive, now=NOW)
        name_people([*rows, *(one for concern in found for one in concern.first)])
        assert str(rows[0].client)
