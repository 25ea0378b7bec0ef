"""Anonymises old reservations, and deletes old idempotency keys."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reservation.domain.retention import anonymise_past_reservations, delete_old_keys
from reservation.domain.session import delete_previews


class Command(BaseCommand):
    help = (
        "Anonymise reservations that began more than RETENTION_DAYS ago, and delete idempotency keys older than "
        "IDEMPOTENCY_KEY_DAYS, and files that staff has previewed and not imported. Run it every night; twice is "
        "harmless."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        now = timezone.now()
        delete_previews()
        anonymised, deleted = anonymise_past_reservations(now=now), delete_old_keys(now=now)
        self.stdout.write(f"Anonymised {anonymised} reservations, and deleted {deleted} idempotency keys.")
