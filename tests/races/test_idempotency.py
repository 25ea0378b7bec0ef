"""One client sends the same request many times at once, as an impatient phone does."""

from collections import Counter
from functools import partial

from reservation.models import IdempotencyKey, Reservation, ReservationEvent
from tests.factories import make_appointments, make_client, make_provider
from tests.races.racing import full_size, race, ten_o_clock


def test_the_same_key_many_times_at_once_reserves_once(enter):
    client = make_client()
    devices = [enter(client) for _ in range(full_size(50, on_sqlite=20))]
    rounds = full_size(5, on_sqlite=3)
    for key, appointment in enumerate(make_appointments(make_provider(), starts_at=ten_o_clock(), number=rounds)):
        answers = race([partial(device.reserve, appointment, idempotencyKey=str(key)) for device in devices])

        assert answers == [answers[0]] * len(devices)
        assert answers[0].code is None
        assert answers[0].reservation["status"] == "PENDING"
    assert Reservation.objects.count() == rounds
    assert ReservationEvent.objects.count() == rounds
    assert IdempotencyKey.objects.count() == rounds


def test_the_same_key_for_what_is_taken_is_refused_every_time(enter):
    (appointment,) = make_appointments(make_provider(), starts_at=ten_o_clock())
    assert enter(make_client()).reserve(appointment).code is None
    client = make_client()
    devices = [enter(client) for _ in range(full_size(50, on_sqlite=20))]
    for key in range(full_size(5, on_sqlite=3)):
        answers = race([partial(device.reserve, appointment, idempotencyKey=str(key)) for device in devices])

        assert Counter(answer.code for answer in answers) == {"APPOINTMENT_TAKEN": len(devices)}
    assert IdempotencyKey.objects.count() == 0  # a refusal is not remembered
