"""Marks holds that have lapsed as expired. Nothing depends on it: a lapsed hold is free already."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reservation.domain.expiry import expire_lapsed


class Command(BaseCommand):
    help = "Mark lapsed holds as EXPIRED and open their appointments. Run it as often as you like, or never."

    def handle(self, *_args: Any, **_options: Any) -> None:
        expired = expire_lapsed(now=timezone.now())
        self.stdout.write(f"Expired {expired} reservations.")
