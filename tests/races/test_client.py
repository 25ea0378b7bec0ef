"""One client reserves from several devices at once: its claims are serialised."""

from collections import Counter
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection

from django.utils import timezone

from reservation.models import Appointment, Reservation
from tests.factories import make_appointments, make_client, make_provider, make_user
from tests.races.racing import TIMEOUT_SECONDS, Racer, cancel_reserved, full_size, lapse, race, send, ten_o_clock
from tests.servers import HOST

PASSWORD = "correct horse battery staple"


def test_a_client_gets_no_more_than_five_holds(connect):
    for _ in range(full_size(10, on_sqlite=3)):
        client = make_client()
        appointments = make_appointments(make_provider(), starts_at=ten_o_clock(), number=10)
        results = race([partial(connect(client).reserve, appointment) for appointment in appointments])

        assert Counter(result.code for result in results) == {None: 5, "TOO_MANY_HOLDS": 5}
        assert client.reservations.count() == 5
        assert Appointment.objects.filter(reservation__client=client).count() == 5


def test_a_client_gets_one_of_two_providers_at_the_same_time(connect):
    for _ in range(full_size(20, on_sqlite=5)):
        client, starts_at = make_client(), ten_o_clock()
        appointments = [make_appointments(make_provider(), starts_at=starts_at)[0] for _ in range(2)]
        results = race([partial(connect(client).reserve, appointment) for appointment in appointments])

        assert Counter(result.code for result in results) == {None: 1, "CLIENT_BUSY": 1}
        assert Appointment.objects.filter(reservation__client=client).count() == 1


def test_a_lapsing_hold_is_confirmed_or_its_client_reserves_elsewhere(connect):
    client, starts_at = make_client(), ten_o_clock()
    phone, *laptops = (connect(client) for _ in range(1 + 6))
    rounds = full_size(60, on_sqlite=30)
    calendars = [
        make_appointments(make_provider(), starts_at=starts_at, number=rounds) for _ in range(1 + len(laptops))
    ]
    after = timedelta(milliseconds=10)
    for here, *elsewhere in zip(*calendars, strict=True):
        hold = phone.reserve(here).reservation["id"]
        lapse(hold, after=after)
        confirmed, *reserved = race(
            [
                partial(phone.confirm, hold),
                *(partial(laptop.reserve, slot) for laptop, slot in zip(laptops, elsewhere, strict=True)),
            ]
        )

        outcomes = Counter(result.code for result in [confirmed, *reserved])
        assert set(outcomes) <= {None, "HOLD_EXPIRED", "CLIENT_BUSY"}
        assert outcomes[None] <= 1  # none if every claim came just before the lapse, and the confirmation just after
        if confirmed.code is None:
            after *= 0.75
        else:
            after /= 0.75
            cancel_reserved(laptops, reserved)


def test_a_client_who_logged_in_on_two_devices_reserves_once(port, connect):
    user = make_user(password=PASSWORD)
    make_client(user=user)
    (appointment,) = make_appointments(make_provider(), starts_at=ten_o_clock())
    devices = [Racer(port, log_in(port, user.email)) for _ in range(2)]
    try:
        results = race([partial(device.reserve, appointment) for device in devices])
    finally:
        for device in devices:
            device.close()

    assert Counter(result.code for result in results) == {None: 1, "APPOINTMENT_TAKEN": 1}
    user.refresh_from_db()
    assert timezone.now() >= user.last_login
    assert Reservation.objects.get().client == user.client


def log_in(port: int, email: str) -> str:
    """The access token that a log-in over HTTP returns."""
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
    try:
        response = send(connection, "/auth/app/v1/auth/login", {"email": email, "password": PASSWORD})
    finally:
        connection.close()
    return response["meta"]["access_token"]
