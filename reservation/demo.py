"""Demo data: a practice of any size, the same for the same seed and the same day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model
from tqdm import tqdm

from reservation.domain.event import snapshot
from reservation.domain.signals import send_calendars_changed
from reservation.models import (
    Appointment,
    Client,
    EventKind,
    Provider,
    Reservation,
    ReservationEvent,
    Service,
    User,
)
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE, Status
from reservation.time_zones import zone_named

PASSWORD = "demo-password"

SERVICES = (
    ("Check-up", "A short look at how things are.", 15),
    ("Consultation", "Time to talk something through.", 30),
    ("Treatment", "The usual session.", 45),
    ("Long session", "For what takes its time.", 90),
)
GIVEN_NAMES = ("Ada", "Bela", "Chika", "Dana", "Emil", "Farah", "Goran", "Hana", "Ines", "Jun", "Kofi", "Lena")
FAMILY_NAMES = ("Abara", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Horvat", "Ito", "Jansen", "Kaya")
ZONES = ("Europe/Berlin", "Europe/Lisbon", "America/New_York", "Asia/Tokyo")
CLIENTS_PER_PROVIDER = 10
OPENS, CLOSES = time(9), time(17)
BATCH_SIZE = 2000


@dataclass(frozen=True, kw_only=True)
class DemoOptions:
    """What demo data to make.

    providers: how many.
    days: for how many calendar days from today, weekends left free.
    booked: which part of the time is booked, 0 to 1.
    seed: of the random numbers; the same seed on the same day makes the same data.
    now: when all of it was created; the calendars begin on this date.
    """

    providers: int
    days: int
    booked: float
    seed: int
    now: datetime


@transaction.atomic
def load(options: DemoOptions, *, is_silent: bool | None = None) -> None:
    """Make a practice in an empty database, in one transaction.

    is_silent: whether to do so without a progress bar. Default: only a terminal gets one.
    """
    services = Service.objects.bulk_create(
        [
            Service(pk=pk, name=name, description=description, duration_minutes=minutes, created_at=options.now)
            for pk, (name, description, minutes) in enumerate(SERVICES, start=next_key(Service))
        ]
    )
    user_keys, client_keys, provider_keys, reservation_keys = (
        count(next_key(model)) for model in (User, Client, Provider, Reservation)
    )
    make_staff(next(user_keys), options)
    for number in tqdm(range(options.providers), desc="Providers", unit="", disable=is_silent):
        random = Random(f"{options.seed}:{number}")
        provider = make_provider(next(user_keys), next(provider_keys), number, services, options, random)
        clients = make_clients(user_keys, client_keys, number, options, random)
        # The demo client's own calendar is left free, so that the walk-through never finds it busy.
        visitors = clients[1:] if number == 0 else clients
        make_calendar(reservation_keys, provider, visitors, services, options, random)
        send_calendars_changed({provider.pk})
    reset_sequences()


def next_key(model: type[Model]) -> int:
    """The next free primary key. Keys are assigned here, since MySQL does not return those of a bulk insert."""
    greatest: int | None = model._default_manager.aggregate(greatest=Max("pk"))["greatest"]
    return (greatest or 0) + 1


def reset_sequences() -> None:
    """Let PostgreSQL's sequences continue after the keys that were assigned here."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [User, Client, Provider, Reservation, Service]):
            cursor.execute(sql)


def password(*, is_demo_account: bool) -> str:
    """The hashed password; only the demo accounts have one, and only in development."""
    return make_password(PASSWORD if is_demo_account and settings.DEBUG else None)


def make_staff(key: int, options: DemoOptions) -> None:
    User.objects.bulk_create(
        [
            User(
                pk=key,
                email="staff@example.com",
                password=password(is_demo_account=True),
                is_staff=True,
                is_superuser=True,
                date_joined=options.now,
            )
        ]
    )


def random_name(random: Random) -> str:
    return f"{random.choice(GIVEN_NAMES)} {random.choice(FAMILY_NAMES)}"


def make_provider(
    user_key: int, key: int, number: int, services: list[Service], options: DemoOptions, random: Random
) -> Provider:
    email = "provider@example.com" if number == 0 else f"provider{number}@example.com"
    hashed = password(is_demo_account=number == 0)
    User.objects.bulk_create([User(pk=user_key, email=email, password=hashed, date_joined=options.now)])
    provider = Provider(
        pk=key,
        user_id=user_key,
        name=random_name(random),
        bio="Here for you on weekdays.",
        time_zone=ZONES[number % len(ZONES)],
        created_at=options.now,
    )
    Provider.objects.bulk_create([provider])
    provider.services.set(services)
    return provider


def make_clients(
    user_keys: Iterator[int], client_keys: Iterator[int], number: int, options: DemoOptions, random: Random
) -> list[Client]:
    """Clients of this provider alone, so that none of them is in two places at once."""
    users: list[User] = []
    clients: list[Client] = []
    for place in range(CLIENTS_PER_PROVIDER):
        is_demo_account = number == place == 0
        email = "client@example.com" if is_demo_account else f"client{number}-{place}@example.com"
        user = User(
            pk=next(user_keys),
            email=email,
            password=password(is_demo_account=is_demo_account),
            date_joined=options.now,
        )
        users.append(user)
        clients.append(
            Client(pk=next(client_keys), user=user, name=random_name(random), time_zone="UTC", created_at=options.now)
        )
    User.objects.bulk_create(users)
    return Client.objects.bulk_create(clients)


def make_calendar(
    keys: Iterator[int],
    provider: Provider,
    clients: list[Client],
    services: list[Service],
    options: DemoOptions,
    random: Random,
) -> None:
    appointments: list[Appointment] = []
    reservations: list[Reservation] = []
    for day in range(options.days):
        slots = working_slots(options.now.date() + timedelta(days=day), zone_named(provider.time_zone))
        while slots:
            service = random.choice(services)
            length = settings.RESERVATION_POLICY.run_length(service.duration)
            run, slots = slots[:length], slots[length:]
            reservation = None
            if random.random() < options.booked:
                fits = len(run) == length
                client = random.choice(clients)
                reservation = booking(next(keys), provider, client, service if fits else None, run, options.now)
                reservations.append(reservation)
            appointments += [leased_appointment(provider, starts_at, reservation) for starts_at in run]
    Reservation.objects.bulk_create(reservations, batch_size=BATCH_SIZE)
    Appointment.objects.bulk_create(appointments, batch_size=BATCH_SIZE)
    ReservationEvent.objects.bulk_create(
        [event for reservation in reservations for event in history(reservation)], batch_size=BATCH_SIZE
    )


def working_slots(day: date, zone: ZoneInfo) -> list[datetime]:
    """The starts of a working day's appointments, in UTC; none on a weekend."""
    if day.weekday() >= 5:
        return []
    opens, closes = (datetime.combine(day, wall, zone).astimezone(UTC) for wall in (OPENS, CLOSES))
    return list(settings.RESERVATION_POLICY.starts(opens, closes))


def booking(
    key: int, provider: Provider, client: Client, service: Service | None, run: list[datetime], now: datetime
) -> Reservation:
    return Reservation(
        pk=key,
        provider=provider,
        client=client,
        service=service,
        starts_at=run[0],
        ends_at=run[-1] + settings.RESERVATION_POLICY.appointment_length,
        status=Status.CONFIRMED,
        created_at=now,
        confirmed_at=now,
    )


def leased_appointment(provider: Provider, starts_at: datetime, reservation: Reservation | None) -> Appointment:
    return Appointment(
        provider=provider,
        starts_at=starts_at,
        reservation=reservation,
        is_booked=reservation is not None,
        available_at=BOOKED_UNTIL if reservation else OPEN_SINCE,
    )


def history(reservation: Reservation) -> list[ReservationEvent]:
    after = snapshot(reservation)
    held = {**after, "status": Status.PENDING}
    common = {"reservation": reservation, "occurred_at": reservation.created_at}
    return [
        ReservationEvent(kind=EventKind.HELD, before=None, after=held, **common),
        ReservationEvent(kind=EventKind.CONFIRMED, before=held, after=after, **common),
    ]
