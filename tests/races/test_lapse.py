"""A hold lapses by the server's real clock, while its client and others want the time."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from reservation.domain.expiry import expire_lapsed
from reservation.models import EventKind, ReservationEvent
from tests.factories import make_appointments, make_client, make_provider, make_service
from tests.races.racing import full_size, give_up, id_of, lapse, race, ten_o_clock


def tidy() -> None:
    """What the periodic job does, on a thread of its own."""
    try:
        expire_lapsed(now=timezone.now())
    finally:
        connection.close()


@pytest.mark.parametrize("others", [(), (tidy,)], ids=["alone", "while tidying"])
def test_a_lapsing_hold_is_confirmed_or_taken_over(enter, others):
    holder, *takers = (enter(make_client()) for _ in range(1 + 6))
    rounds = full_size(40, on_sqlite=20)
    after = timedelta(milliseconds=10)
    winners = set()
    for appointment in make_appointments(make_provider(), starts_at=ten_o_clock(), number=rounds):
        hold = holder.reserve(appointment).reservation["id"]
        lapse(hold, after=after)
        claims = [partial(holder.confirm, hold), *(partial(taker.reserve, appointment) for taker in takers)]
        confirmed, *taken = race([*claims, *others])[: len(claims)]

        assert confirmed.code in {None, "HOLD_EXPIRED"}
        assert {answer.code for answer in taken} <= {None, "APPOINTMENT_TAKEN"}
        won = [answer.reservation["id"] for answer in [confirmed, *taken] if answer.code is None]
        assert len(won) <= 1  # none when every taker came just before the end, and the holder just after
        appointment.refresh_from_db()
        assert id_of(appointment.reservation) in won or not won
        give_up(takers, taken)
        winners |= {"holder"} if confirmed.code is None else {"taker"} if won else set()
        # So that, on any machine, it soon lapses while the requests are under way.
        after = after * 0.75 if confirmed.code is None else after / 0.75
    assert winners == {"holder", "taker"}


def test_a_lapsed_hold_goes_to_one_of_many(enter):
    holder = enter(make_client())
    takers = [enter(make_client()) for _ in range(full_size(30, on_sqlite=10))]
    for appointment in make_appointments(make_provider(), starts_at=ten_o_clock(), number=5):
        hold = holder.reserve(appointment).reservation["id"]
        lapse(hold)
        late, *answers = race(
            [partial(holder.confirm, hold), *(partial(taker.reserve, appointment) for taker in takers)]
        )

        assert late.code == "HOLD_EXPIRED"
        assert Counter(answer.code for answer in answers) == {None: 1, "APPOINTMENT_TAKEN": len(takers) - 1}
    assert ReservationEvent.objects.filter(kind=EventKind.EXPIRED).count() == 5


def test_several_share_a_lapsed_run(enter):
    service = make_service(duration_minutes=90)
    holder = enter(make_client())
    takers = [enter(make_client()) for _ in range(6)]
    rounds = full_size(10, on_sqlite=5)
    for _ in range(rounds):
        run = make_appointments(make_provider(services=(service,)), starts_at=ten_o_clock(), number=6)
        lapse(holder.reserve(run[0], serviceId=id_of(service)).reservation["id"])
        answers = race([partial(taker.reserve, slot) for taker, slot in zip(takers, run, strict=True)])

        assert [answer.code for answer in answers] == [None] * 6
        give_up(takers, answers)
    assert ReservationEvent.objects.filter(kind=EventKind.EXPIRED).count() == rounds
