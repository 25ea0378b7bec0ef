"""One client sends the same request many times at once, as an impatient phone does."""

from collections import Counter
from functools import partial

from reservation.models import IdempotencyKey, Reservation, ReservationEvent
from tests.factories import make_appointments, make_client, make_provider
from tests.races.racing import full_size, race, ten_o_clock


def test_concurrent_requests_with_one_key_reserve_once(connect):
    client = make_client()
    devices = [connect(client) for _ in range(full_size(50, on_sqlite=20))]
    rounds = full_size(5, on_sqlite=3)
    for key, appointment in enumerate(make_appointments(make_provider(), starts_at=ten_o_clock(), number=rounds)):
        results = race([partial(device.reserve, appointment, idempotencyKey=str(key)) for device in devices])

        assert results == [results[0]] * len(devices)
        assert results[0].code is None
        assert results[0].reservation["status"] == "PENDING"
    assert Reservation.objects.count() == rounds
    assert ReservationEvent.objects.count() == rounds
    assert IdempotencyKey.objects.count() == rounds


def test_concurrent_requests_with_one_key_for_a_taken_appointment_are_all_refused(connect):
    (appointment,) = make_appointments(make_provider(), starts_at=ten_o_clock())
    assert connect(make_client()).reserve(appointment).code is None
    client = make_client()
    devices = [connect(client) for _ in range(full_size(50, on_sqlite=20))]
    for key in range(full_size(5, on_sqlite=3)):
        results = race([partial(device.reserve, appointment, idempotencyKey=str(key)) for device in devices])

        assert Counter(result.code for result in results) == {"APPOINTMENT_TAKEN": len(devices)}
    assert IdempotencyKey.objects.count() == 0  # a refusal stores no key
