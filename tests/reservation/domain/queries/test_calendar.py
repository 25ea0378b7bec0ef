"""Calendars for staff show the state of each lease, and take the same number of statements for any number of slots."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from reservation.domain.errors import Forbidden
from reservation.domain.queries.calendar import Occupancy, Slot, count_occupancy, read_calendars, read_possible_moves
from reservation.domain.reservation import cancel, confirm, reserve
from reservation.models import Provider
from tests.factories import (
    NOW,
    TOMORROW,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    minutes,
    staff,
)
from tests.rows import refused

pytestmark = pytest.mark.django_db

END = TOMORROW + minutes(24 * 60)


def slots_of(*providers: Provider, now: datetime = NOW, until: datetime = END) -> list[Slot]:
    slots, _ = read_calendars(caller=staff(), providers=providers, starts_from=NOW, starts_before=until, now=now)
    return slots


def states(slots: list[Slot]) -> list[tuple[str, int]]:
    return [(str(slot.state), slot.room) for slot in slots]


def test_each_slot_has_the_state_of_its_lease_and_room_ends_at_a_held_slot() -> None:
    provider = make_provider()
    make_appointments(provider, starts_at=TOMORROW - minutes(15))
    make_appointments(provider, number=2)
    hold = make_hold(provider=provider, starts_at=TOMORROW + minutes(30))
    booking = make_booking(provider=provider, starts_at=TOMORROW + minutes(45))
    make_appointments(provider, starts_at=TOMORROW + minutes(60))
    make_appointments(provider, starts_at=TOMORROW + minutes(90))  # after a gap
    slots = slots_of(provider)
    assert states(slots) == [
        ("closed", 0),
        ("open", 2),
        ("open", 1),
        ("held", 0),
        ("booked", 0),
        ("open", 1),
        ("open", 1),
    ]
    assert [slot.reservation_id for slot in slots] == [None, None, None, hold.pk, booking.pk, None, None]
    assert slots == sorted(slots, key=lambda slot: slot.starts_at)


def test_a_lapsed_hold_is_open_and_has_no_reservation() -> None:
    hold = make_hold(starts_at=TOMORROW + minutes(60))
    at_lapse, before = hold.expires_at, hold.expires_at - minutes(1)  # type: ignore[operator]
    assert states(slots_of(hold.provider, now=before)) == [("held", 0)]
    (slot,) = slots_of(hold.provider, now=at_lapse)  # type: ignore[arg-type]
    assert (slot.state, slot.room, slot.reservation_id) == ("open", 1, None)


def test_an_inactive_provider_has_no_open_slots() -> None:
    provider = make_provider(is_active=False)
    make_appointments(provider, number=2)
    assert states(slots_of(provider)) == [("closed", 0)] * 2


def test_room_is_counted_past_the_end_and_the_interval_is_half_open() -> None:
    provider = make_provider()
    make_appointments(provider, number=4)
    assert states(slots_of(provider, until=TOMORROW + minutes(30))) == [("open", 4), ("open", 3)]


def test_calendars_of_several_providers_are_separate() -> None:
    one, other = make_provider(), make_provider()
    for provider, start in ((one, TOMORROW + minutes(15)), (other, TOMORROW)):
        make_appointments(provider, starts_at=start)
    make_appointments(make_provider())
    assert [(slot.provider_id, slot.room) for slot in slots_of(one, other)] == [(one.pk, 1), (other.pk, 1)]


def test_the_reservations_of_the_slots_are_returned_with_their_clients() -> None:
    hold, given_up = make_hold(service=make_service(duration_minutes=30)), make_hold()
    cancel(caller=caller(given_up.client), reservation_id=given_up.pk, now=NOW)
    providers = [hold.provider, given_up.provider]
    slots, found = read_calendars(caller=staff(), providers=providers, starts_from=NOW, starts_before=END, now=NOW)
    assert found == {hold.pk: hold}
    assert Counter(slot.reservation_id for slot in slots) == {hold.pk: 2, None: 1}


@pytest.mark.parametrize("number", [1, 5])
def test_reading_calendars_takes_two_statements(number: int, django_assert_num_queries: Any) -> None:
    providers = [make_provider(services=(make_service(),)) for _ in range(number)]
    for provider in providers:
        for place in range(number):
            make_hold(provider=provider, service=provider.services.get(), starts_at=TOMORROW + minutes(15 * place))
    who = staff()
    with django_assert_num_queries(2):
        _, found = read_calendars(caller=who, providers=providers, starts_from=NOW, starts_before=END, now=NOW)
        assert len({(one.client.name, one.service and one.service.name) for one in found.values()}) == 1
    assert len(found) == number**2


def test_occupancy_is_the_count_of_the_states() -> None:
    busy, idle, inactive = make_provider(), make_provider(), make_provider()
    make_appointments(busy, starts_at=NOW, number=3)
    lapsed = make_hold(provider=busy, starts_at=TOMORROW + minutes(300), now=NOW - minutes(60))
    make_hold(provider=busy, starts_at=TOMORROW + minutes(60))
    make_booking(provider=busy, starts_at=TOMORROW + minutes(120))
    make_appointments(inactive)
    Provider.objects.filter(pk=inactive.pk).update(is_active=False)
    inactive.refresh_from_db()
    bounds = [NOW, TOMORROW, TOMORROW + minutes(120), END]
    counts = count_occupancy(caller=staff(), providers=[busy, idle, inactive], bounds=bounds, now=NOW)
    assert lapsed.status_at(NOW) == "EXPIRED"
    assert counts == {
        (busy.pk, 0): Occupancy(open=0, closed=3, held=0, booked=0),
        (busy.pk, 1): Occupancy(open=0, closed=0, held=1, booked=0),
        (busy.pk, 2): Occupancy(open=1, closed=0, held=0, booked=1),
        (inactive.pk, 1): Occupancy(open=0, closed=1, held=0, booked=0),
    }


@pytest.mark.parametrize("number", [1, 4])
def test_occupancy_takes_one_statement(number: int, django_assert_num_queries: Any) -> None:
    providers = [make_provider() for _ in range(number)]
    for provider in providers:
        make_appointments(provider, number=number)
    who = staff()
    with django_assert_num_queries(1):
        counts = count_occupancy(caller=who, providers=providers, bounds=[NOW, TOMORROW, END], now=NOW)
    assert len(counts) == number


def possible_moves(reservation: Any, provider: Provider) -> list[datetime]:
    found = read_possible_moves(
        caller=staff(), reservation=reservation, provider=provider, starts_from=NOW, starts_before=END, now=NOW
    )
    return [slot.starts_at for slot in found]


def test_a_reservation_can_be_moved_over_a_part_of_its_own_time_but_not_to_where_it_is() -> None:
    service = make_service(duration_minutes=30)
    provider = make_provider(services=(service,))
    first, *_ = make_appointments(provider, number=4)
    hold = reserve(caller=caller(make_client()), appointment_id=first.pk, service_id=service.pk, now=NOW)
    booking = confirm(caller=caller(hold.client), reservation_id=hold.pk, now=NOW)
    assert possible_moves(booking, provider) == [TOMORROW + minutes(15), TOMORROW + minutes(30)]


def test_a_reservation_can_be_moved_only_to_a_provider_who_offers_its_service() -> None:
    service = make_service()
    booking = make_booking(provider=make_provider(services=(service,)), service=service)
    offering, other = make_provider(services=(service,)), make_provider()
    for provider in (offering, other):
        make_appointments(provider)
    assert (possible_moves(booking, offering), possible_moves(booking, other)) == ([TOMORROW], [])


def test_it_is_for_staff() -> None:
    hold = make_hold()
    interval = {"starts_from": NOW, "starts_before": END, "now": NOW}
    for who in (caller(hold.client), caller(hold.provider)):
        with refused(Forbidden, field=None):
            read_calendars(caller=who, providers=[hold.provider], **interval)
        with refused(Forbidden, field=None):
            read_possible_moves(caller=who, reservation=hold, provider=hold.provider, **interval)
        with refused(Forbidden, field=None):
            count_occupancy(caller=who, providers=[hold.provider], bounds=[NOW, END], now=NOW)
