"""Many clients reserve the same time at once."""

from collections import Counter
from datetime import datetime
from functools import partial
from itertools import pairwise

from reservation.models import Reservation
from tests.factories import make_appointments, make_client, make_provider, make_service, minutes
from tests.races.racing import cancel_reserved, full_size, id_of, race, ten_o_clock


def test_one_of_many_clients_gets_an_appointment(connect):
    clients = [connect(make_client()) for _ in range(full_size(100, on_sqlite=25))]
    rounds = full_size(20, on_sqlite=4)
    for appointment in make_appointments(make_provider(), starts_at=ten_o_clock(), number=rounds):
        results = race([partial(client.reserve, appointment) for client in clients])

        assert Counter(result.code for result in results) == {None: 1, "APPOINTMENT_TAKEN": len(clients) - 1}
        winner, result = next(pair for pair in zip(clients, results, strict=True) if pair[1].code is None)
        assert winner.confirm(result.reservation["id"]).reservation["status"] == "CONFIRMED"
    assert Reservation.objects.count() == rounds  # a refused request leaves no row


def test_runs_of_appointments_never_overlap(connect):
    service = make_service(duration_minutes=45)
    clients = [connect(make_client()) for _ in range(full_size(40, on_sqlite=10))]
    for _ in range(full_size(15, on_sqlite=4)):
        provider = make_provider(services=(service,))
        starts = make_appointments(provider, starts_at=ten_o_clock(), number=10 + 2)[:10]
        wanted = [starts[place % 10] for place in range(len(clients))]
        results = race(
            [
                partial(client.reserve, appointment, serviceId=id_of(service))
                for client, appointment in zip(clients, wanted, strict=True)
            ]
        )

        won = sorted(
            datetime.fromisoformat(result.reservation["startsAt"]) for result in results if result.code is None
        )
        assert all(later - earlier >= minutes(45) for earlier, later in pairwise(won))
        for appointment, result in zip(wanted, results, strict=True):
            if result.code is not None:
                assert result.code == "APPOINTMENT_TAKEN"
                assert any(abs(appointment.starts_at - start) < minutes(45) for start in won)  # it overlaps
        cancel_reserved(clients, results)
