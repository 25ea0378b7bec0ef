"""A provider's calendar changes while others change it too, or reserve from it."""

from collections import Counter
from datetime import timedelta
from functools import partial

from reservation.models import Appointment
from tests.factories import make_appointments, make_client, make_provider, minutes
from tests.races.racing import full_size, give_up, race, ten_o_clock


def test_a_day_offered_many_times_at_once_is_there_once(enter):
    starts_at = ten_o_clock()
    ends_at = starts_at + timedelta(days=1)
    for _ in range(full_size(5, on_sqlite=3)):
        provider = make_provider()
        answers = race([partial(enter(provider).offer, provider, starts_at, ends_at) for _ in range(10)])

        assert {answer.code for answer in answers} == {None}
        assert sum(answer.payload["createdCount"] for answer in answers) == 96
        assert provider.appointments.count() == 96


def test_overlapping_offers_add_up(enter):
    starts_at = ten_o_clock()
    for _ in range(full_size(5, on_sqlite=3)):
        provider = make_provider()
        answers = race(
            [
                partial(enter(provider).offer, provider, start, start + timedelta(hours=2))
                for start in (starts_at + minutes(15 * place) for place in range(10))
            ]
        )

        assert {answer.code for answer in answers} == {None}
        assert sum(answer.payload["createdCount"] for answer in answers) == 8 + 9
        assert provider.appointments.count() == 8 + 9


def test_what_is_withdrawn_is_nobodys(enter):
    clients = [enter(make_client()) for _ in range(20)]
    starts_at = ten_o_clock()
    for _ in range(full_size(10, on_sqlite=3)):
        provider = make_provider()
        slots = make_appointments(provider, starts_at=starts_at, number=len(clients))
        withdrawn, *answers = race(
            [
                partial(enter(provider).withdraw, provider, starts_at, starts_at + minutes(15 * len(slots))),
                *(partial(client.reserve, slot) for client, slot in zip(clients, slots, strict=True)),
            ]
        )

        outcomes = Counter(answer.code for answer in answers)
        assert set(outcomes) <= {None, "APPOINTMENT_TAKEN", "NOT_FOUND"}
        assert withdrawn.payload["withdrawnCount"] == len(clients) - outcomes[None]
        assert Appointment.objects.filter(provider=provider, reservation=None).count() == 0
        assert provider.appointments.count() == outcomes[None]
        give_up(clients, answers)
