"""A provider's calendar is changed while others change it too, or reserve from it."""

from collections import Counter
from datetime import timedelta
from functools import partial

from reservation.models import Appointment
from tests.factories import make_appointments, make_client, make_provider, minutes
from tests.races.racing import cancel_reserved, full_size, race, ten_o_clock


def test_concurrent_offers_of_the_same_day_create_it_once(connect):
    starts_at = ten_o_clock()
    ends_at = starts_at + timedelta(days=1)
    for _ in range(full_size(5, on_sqlite=3)):
        provider = make_provider()
        results = race([partial(connect(provider).offer, provider, starts_at, ends_at) for _ in range(10)])

        assert {result.code for result in results} == {None}
        assert sum(result.payload["createdCount"] for result in results) == 96
        assert provider.appointments.count() == 96


def test_concurrent_overlapping_offers_create_each_appointment_once(connect):
    starts_at = ten_o_clock()
    for _ in range(full_size(5, on_sqlite=3)):
        provider = make_provider()
        results = race(
            [
                partial(connect(provider).offer, provider, start, start + timedelta(hours=2))
                for start in (starts_at + minutes(15 * place) for place in range(10))
            ]
        )

        assert {result.code for result in results} == {None}
        assert sum(result.payload["createdCount"] for result in results) == 8 + 9
        assert provider.appointments.count() == 8 + 9


def test_an_appointment_is_either_withdrawn_or_reserved(connect):
    clients = [connect(make_client()) for _ in range(20)]
    starts_at = ten_o_clock()
    for _ in range(full_size(10, on_sqlite=3)):
        provider = make_provider()
        slots = make_appointments(provider, starts_at=starts_at, number=len(clients))
        withdrawn, *results = race(
            [
                partial(connect(provider).withdraw, provider, starts_at, starts_at + minutes(15 * len(slots))),
                *(partial(client.reserve, slot) for client, slot in zip(clients, slots, strict=True)),
            ]
        )

        outcomes = Counter(result.code for result in results)
        assert set(outcomes) <= {None, "APPOINTMENT_TAKEN", "NOT_FOUND"}
        assert withdrawn.payload["withdrawnCount"] == len(clients) - outcomes[None]
        assert Appointment.objects.filter(provider=provider, reservation=None).count() == 0
        assert provider.appointments.count() == outcomes[None]
        cancel_reserved(clients, results)
