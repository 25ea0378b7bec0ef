"""Databases with a practice of any size, and a week in which every appointment is booked."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count, groupby
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from database.collations import byte_collation
from reservation.demo import BATCH_SIZE, booking, history, next_key, working_slots
from reservation.models import Appointment, Client, Provider, Reservation, ReservationEvent

DAYS = 60

ATTACH = """
    UPDATE reservation_appointment a
    JOIN reservation_reservation r
      ON r.provider_id = a.provider_id AND a.starts_at >= r.starts_at AND a.starts_at < r.ends_at
    SET a.reservation_id = r.id, a.available_at = '9000-01-01', a.is_booked = 1
    WHERE r.id >= %s"""


def url_of(name: str) -> str:
    """Returns the DATABASE_URL of this database, on the server that this process uses."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def use(name: str) -> None:
    """Makes this process read and write this database from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def practice(name: str, *, appointments: int) -> Iterator[float]:
    """Creates a database with about this many appointments, half of them booked. Yields the seconds of loading."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE {byte_collation(connection)}")
    try:
        use(name)
        call_command("migrate", verbosity=0)
        started = time.perf_counter()
        call_command(
            "load_demo", providers=providers_for(appointments), days=DAYS, booked=0.5, seed=1, stdout=sys.stderr
        )
        seconds = time.perf_counter() - started
        book_week(booked_week())
        yield seconds
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def providers_for(appointments: int) -> int:
    """Returns the number of providers that together have about this many appointments; each has the same number."""
    today = timezone.now().date()
    each = sum(len(working_slots(today + timedelta(days=day), ZoneInfo("UTC"))) for day in range(DAYS))
    return max(1, round(appointments / each))


def first_day() -> datetime:
    """Returns the midnight after which the lead time excludes nothing."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)


def booked_week() -> datetime:
    """Returns the midnight, of a Monday, at which the fully booked week begins."""
    soon = first_day() + timedelta(days=7)
    return soon + timedelta(days=-soon.weekday() % 7)


def book_week(starts_at: datetime) -> None:
    """Books all open appointments of seven days, with one reservation for every run of them on a calendar."""
    open_slots = Appointment.objects.filter(reservation=None).starting_in(starts_at, starts_at + timedelta(days=7))
    calendar = list(open_slots.order_by("provider_id", "starts_at").values_list("provider_id", "starts_at"))
    providers, now = Provider.objects.in_bulk(), timezone.now()
    # Each client has one provider only, so a free appointment of the provider never overlaps another of the client.
    clients = Client.objects.in_bulk()
    client_of = dict(Reservation.objects.order_by().values_list("provider_id").annotate(Min("client_id")))
    first = next_key(Reservation)
    keys = count(first)
    # Within a run, each index is one more and each start a quarter of an hour later: their difference is constant.
    runs = groupby(enumerate(calendar), lambda item: (item[1][0], item[1][1] - item[0] * timedelta(minutes=15)))
    reservations = [
        booking(next(keys), providers[pk], clients[client_of[pk]], None, [starts_at for _, (_, starts_at) in run], now)
        for (pk, _), run in runs
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        Reservation.objects.bulk_create(reservations, batch_size=BATCH_SIZE)
        events = [event for reservation in reservations for event in history(reservation)]
        ReservationEvent.objects.bulk_create(events, batch_size=BATCH_SIZE)
        cursor.execute(ATTACH, [first])
