"""Forgets what is not kept for ever."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reservation.domain.retention import forget_keys, forget_past


class Command(BaseCommand):
    help = (
        "Make reservations nobody's that began more than RETENTION_DAYS ago, and delete idempotency keys older than "
        "IDEMPOTENCY_KEY_DAYS. Run it every night; twice is harmless."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        now = timezone.now()
        forgotten, deleted = forget_past(now=now), forget_keys(now=now)
        self.stdout.write(f"Forgot whose {forgotten} reservations were, and {deleted} idempotency keys.")
