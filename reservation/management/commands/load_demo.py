"""Fills an empty database with demo data, to look at or to measure with."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reservation.demo import DemoOptions, load
from reservation.models import Appointment, Provider, Reservation, User


def fraction(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError("a number from 0 to 1 is expected")
    return value


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ArgumentTypeError("a number from 1 on is expected")
    return value


class Command(BaseCommand):
    help = "Load demo data: the same for the same seed on the same day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--providers", type=positive, default=12, help="how many providers (12)")
        parser.add_argument("--days", type=positive, default=60, help="for how many days from today (60)")
        parser.add_argument("--booked", type=fraction, default=0.5, help="which part of the time is booked (0.5)")
        parser.add_argument("--seed", type=int, default=1, help="another seed, other data (1)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is data already")

    def handle(
        self, *_args: Any, providers: int, days: int, booked: float, seed: int, if_empty: bool, **options: Any
    ) -> None:
        if Provider.objects.exists() or User.objects.exists():
            if if_empty:
                self.stdout.write("Already loaded.")
                return
            raise CommandError("The database is not empty: demo data is for an empty one.")
        demo = DemoOptions(providers=providers, days=days, booked=booked, seed=seed, now=timezone.now())
        load(demo, is_silent=True if options["verbosity"] == 0 else None)
        self.stdout.write(
            f"Loaded {Appointment.objects.count():,} appointments and {Reservation.objects.count():,} reservations."
        )
