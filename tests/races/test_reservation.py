"""Two changes of a reservation at once: they are serialised, in either order."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from api.types.ids import from_global_id
from reservation.models import Appointment, Reservation
from tests.factories import make_appointments, make_client, make_provider, make_user
from tests.races.racing import cancel_reserved, full_size, id_of, lapse, race, ten_o_clock


def test_a_hold_is_cancelled_while_it_is_confirmed(connect):
    provider = make_provider()
    client, canceller = connect(make_client()), connect(provider)
    outcomes = Counter()
    rounds = full_size(40, on_sqlite=20)
    for appointment in make_appointments(provider, starts_at=ten_o_clock(), number=rounds):
        hold = client.reserve(appointment).reservation["id"]
        confirmed, cancelled = race([partial(client.confirm, hold), partial(canceller.cancel, hold)])

        assert cancelled.code is None  # a booking can be cancelled as well as a hold
        outcomes[confirmed.code] += 1
    assert set(outcomes) <= {None, "INVALID_TRANSITION"}
    assert Counter(Reservation.objects.values_list("status", flat=True)) == {"CANCELLED": rounds}
    assert Appointment.objects.filter(reservation=None).count() == rounds


def test_a_hold_is_moved_while_it_is_confirmed(connect):
    client, mover = connect(make_client()), connect(make_client(user=make_user(is_staff=True, is_superuser=True)))
    rounds = full_size(20, on_sqlite=10)
    slots = make_appointments(make_provider(), starts_at=ten_o_clock(), number=2 * rounds)
    for here, there in zip(slots[:rounds], slots[rounds:], strict=True):
        hold = client.reserve(here).reservation["id"]
        confirmed, moved = race([partial(client.confirm, hold), partial(mover.reschedule, hold, there)])

        assert (confirmed.code, moved.code) == (None, None)
        here.refresh_from_db()
        there.refresh_from_db()
        assert here.reservation is None
        assert id_of(there.reservation) == hold
        assert there.is_booked


def test_a_booking_is_moved_while_it_is_cancelled(connect):
    provider = make_provider()
    client, canceller = connect(make_client()), connect(provider)
    rounds = full_size(20, on_sqlite=10)
    here, there = make_appointments(provider, starts_at=ten_o_clock(), number=2)
    for _ in range(rounds):
        booking = client.reserve(here).reservation["id"]
        assert client.confirm(booking).code is None
        moved, cancelled = race([partial(client.reschedule, booking, there), partial(canceller.cancel, booking)])

        assert cancelled.code is None
        assert moved.code in {None, "INVALID_TRANSITION"}
        assert Appointment.objects.filter(reservation=None).count() == 2
    assert Counter(Reservation.objects.values_list("status", flat=True)) == {"CANCELLED": rounds}


def test_one_of_two_reservations_moves_to_an_appointment(connect):
    clients = [connect(make_client()) for _ in range(2)]
    for _ in range(full_size(20, on_sqlite=10)):
        *held, free = make_appointments(make_provider(), starts_at=ten_o_clock(), number=3)
        holds = [client.reserve(slot) for client, slot in zip(clients, held, strict=True)]
        results = race(move(clients, holds, [free, free]))

        assert Counter(result.code for result in results) == {None: 1, "APPOINTMENT_TAKEN": 1}
        places = [free if result.code is None else slot for result, slot in zip(results, held, strict=True)]
        assert_held_at(places, holds)
        cancel_reserved(clients, holds)


def test_consecutive_reservations_each_move_to_the_next_appointment(connect):
    clients = [connect(make_client()) for _ in range(10)]
    for _ in range(full_size(10, on_sqlite=5)):
        row = make_appointments(make_provider(), starts_at=ten_o_clock(), number=11)
        holds = [client.reserve(slot) for client, slot in zip(clients, row[:-1], strict=True)]
        results = race(move(clients, holds, row[1:]))

        codes = [result.code for result in results]
        assert codes[-1] is None
        assert set(codes) <= {None, "APPOINTMENT_TAKEN"}
        assert_held_at([row[place + (code is None)] for place, code in enumerate(codes)], holds)
        cancel_reserved(clients, holds)


def test_a_hold_lapses_while_it_moves_to_an_appointment_that_another_reserves(connect):
    holder, taker = connect(make_client()), connect(make_client())
    rounds = full_size(60, on_sqlite=20)
    slots = make_appointments(make_provider(), starts_at=ten_o_clock(), number=2 * rounds)
    after = timedelta(milliseconds=10)
    for here, there in zip(slots[:rounds], slots[rounds:], strict=True):
        hold = holder.reserve(here).reservation["id"]
        lapse(hold, after=after)
        moved, taken = race([partial(holder.reschedule, hold, there), partial(taker.reserve, there)])

        assert (moved.code, taken.code) in {
            ("HOLD_EXPIRED", None),
            ("APPOINTMENT_TAKEN", None),
            (None, "APPOINTMENT_TAKEN"),
            (None, None),  # it was moved, lapsed there, and was taken over
        }
        if moved.code == "HOLD_EXPIRED":
            after /= 0.75
        if taken.code is None:
            assert taker.confirm(taken.reservation["id"]).code is None
        else:
            after *= 0.75
        holder.cancel(hold)  # if it has not lapsed yet


def move(clients, holds, places):
    """The calls that move each client's hold to the appointment at the same position."""
    return [
        partial(client.reschedule, hold.reservation["id"], place)
        for client, hold, place in zip(clients, holds, places, strict=True)
    ]


def assert_held_at(places, holds):
    """Each reservation is still a hold, starts with its appointment, and has no other."""
    for place, hold in zip(places, holds, strict=True):
        (slot,) = Appointment.objects.filter(reservation=from_global_id(hold.reservation["id"], noun="Reservation"))
        assert slot == place
        assert (slot.reservation.status, slot.reservation.starts_at) == ("PENDING", place.starts_at)
        assert slot.reservation.expires_at == slot.available_at
        assert slot.available_at == datetime.fromisoformat(hold.reservation["expiresAt"])
