"""Many clients want the same time."""

from collections import Counter
from datetime import datetime
from functools import partial
from itertools import pairwise

from reservation.models import Reservation
from tests.factories import make_appointments, make_client, make_provider, make_service, minutes
from tests.races.racing import full_size, give_up, id_of, race, ten_o_clock


def test_one_of_many_clients_gets_an_appointment(enter):
    clients = [enter(make_client()) for _ in range(full_size(100, on_sqlite=25))]
    rounds = full_size(20, on_sqlite=4)
    for appointment in make_appointments(make_provider(), starts_at=ten_o_clock(), number=rounds):
        answers = race([partial(client.reserve, appointment) for client in clients])

        assert Counter(answer.code for answer in answers) == {None: 1, "APPOINTMENT_TAKEN": len(clients) - 1}
        winner, answer = next(pair for pair in zip(clients, answers, strict=True) if pair[1].code is None)
        assert winner.confirm(answer.reservation["id"]).reservation["status"] == "CONFIRMED"
    assert Reservation.objects.count() == rounds  # who is refused leaves nothing behind


def test_runs_of_appointments_never_overlap(enter):
    service = make_service(duration_minutes=45)
    clients = [enter(make_client()) for _ in range(full_size(40, on_sqlite=10))]
    for _ in range(full_size(15, on_sqlite=4)):
        provider = make_provider(services=(service,))
        starts = make_appointments(provider, starts_at=ten_o_clock(), number=10 + 2)[:10]
        wanted = [starts[place % 10] for place in range(len(clients))]
        answers = race(
            [
                partial(client.reserve, appointment, serviceId=id_of(service))
                for client, appointment in zip(clients, wanted, strict=True)
            ]
        )

        won = sorted(
            datetime.fromisoformat(answer.reservation["startsAt"]) for answer in answers if answer.code is None
        )
        assert all(later - earlier >= minutes(45) for earlier, later in pairwise(won))
        for appointment, answer in zip(wanted, answers, strict=True):
            if answer.code is not None:
                assert answer.code == "APPOINTMENT_TAKEN"
                assert any(abs(appointment.starts_at - start) < minutes(45) for start in won)  # not refused in vain
        give_up(clients, answers)
