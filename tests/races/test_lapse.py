"""A hold lapses by the server's real clock, while its client confirms it and others reserve its appointments."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from reservation.domain.expiry import expire_lapsed
from reservation.models import EventKind, ReservationEvent
from tests.factories import make_appointments, make_client, make_provider, make_service
from tests.races.racing import cancel_reserved, full_size, id_of, lapse, race, ten_o_clock


def sweep() -> None:
    """Do what the periodic job does, on its own thread."""
    try:
        expire_lapsed(now=timezone.now())
    finally:
        connection.close()


@pytest.mark.parametrize("others", [(), (sweep,)], ids=["alone", "while tidying"])
def test_a_lapsing_hold_is_confirmed_or_taken_over(connect, others):
    holder, *takers = (connect(make_client()) for _ in range(1 + 6))
    rounds = full_size(40, on_sqlite=20)
    after = timedelta(milliseconds=10)
    winners = set()
    for appointment in make_appointments(make_provider(), starts_at=ten_o_clock(), number=rounds):
        hold = holder.reserve(appointment).reservation["id"]
        lapse(hold, after=after)
        claims = [partial(holder.confirm, hold), *(partial(taker.reserve, appointment) for taker in takers)]
        confirmed, *taken = race([*claims, *others])[: len(claims)]

        assert confirmed.code in {None, "HOLD_EXPIRED"}
        assert {result.code for result in taken} <= {None, "APPOINTMENT_TAKEN"}
        won = [result.reservation["id"] for result in [confirmed, *taken] if result.code is None]
        assert len(won) <= 1  # none if every taker came just before the lapse, and the holder just after
        appointment.refresh_from_db()
        assert id_of(appointment.reservation) in won or not won
        cancel_reserved(takers, taken)
        winners |= {"holder"} if confirmed.code is None else {"taker"} if won else set()
        # So that on any machine the lapse soon comes while the requests are under way.
        after = after * 0.75 if confirmed.code is None else after / 0.75
    assert winners == {"holder", "taker"}


def test_one_of_many_clients_takes_over_a_lapsed_hold(connect):
    holder = connect(make_client())
    takers = [connect(make_client()) for _ in range(full_size(30, on_sqlite=10))]
    for appointment in make_appointments(make_provider(), starts_at=ten_o_clock(), number=5):
        hold = holder.reserve(appointment).reservation["id"]
        lapse(hold)
        late, *results = race(
            [partial(holder.confirm, hold), *(partial(taker.reserve, appointment) for taker in takers)]
        )

        assert late.code == "HOLD_EXPIRED"
        assert Counter(result.code for result in results) == {None: 1, "APPOINTMENT_TAKEN": len(takers) - 1}
    assert ReservationEvent.objects.filter(kind=EventKind.EXPIRED).count() == 5


def test_several_clients_take_over_parts_of_a_lapsed_run(connect):
    service = make_service(duration_minutes=90)
    holder = connect(make_client())
    takers = [connect(make_client()) for _ in range(6)]
    rounds = full_size(10, on_sqlite=5)
    for _ in range(rounds):
        run = make_appointments(make_provider(services=(service,)), starts_at=ten_o_clock(), number=6)
        lapse(holder.reserve(run[0], serviceId=id_of(service)).reservation["id"])
        results = race([partial(taker.reserve, slot) for taker, slot in zip(takers, run, strict=True)])

        assert [result.code for result in results] == [None] * 6
        cancel_reserved(takers, results)
    assert ReservationEvent.objects.filter(kind=EventKind.EXPIRED).count() == rounds
