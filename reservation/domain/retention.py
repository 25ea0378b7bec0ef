"""Retention: anonymises old reservations, and deletes old idempotency keys."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.conf import settings

from reservation.domain.erasure import anonymise
from reservation.domain.transaction import transact
from reservation.models import IdempotencyKey, Reservation
from reservation.policy import ERASED_EMAIL

BATCH_SIZE = 200


def anonymise_past_reservations(*, now: datetime) -> int:
    """Anonymise reservations that began longer ago than the policy's retention; returns how many.

    The calendar, the history and every count stay as they are. Without a retention it does nothing.
    """
    retention = settings.RESERVATION_POLICY.retention
    if retention is None:
        return 0
    past = Reservation.objects.filter(starts_at__lt=now - retention).exclude(client__user__email=ERASED_EMAIL)
    ids = list(past.order_by("starts_at").values_list("pk", flat=True))
    return sum(transact(partial(anonymise, batch, now=now)) for batch in batches(ids))


def delete_old_keys(*, now: datetime) -> int:
    """Delete idempotency keys that are older than the policy's key_life; returns how many.

    A request that repeats such a key is carried out again.
    """
    old = IdempotencyKey.objects.filter(created_at__lt=now - settings.RESERVATION_POLICY.key_life)
    ids = list(old.order_by("pk").values_list("pk", flat=True))
    return sum(transact(partial(delete_keys, batch)) for batch in batches(ids))


def delete_keys(ids: list[int]) -> int:
    deleted, _ = IdempotencyKey.objects.filter(pk__in=ids).delete()
    return deleted


def batches(ids: list[int]) -> Iterator[list[int]]:
    """The ids in batches, so that no transaction is long, however many there are."""
    return (ids[start : start + BATCH_SIZE] for start in range(0, len(ids), BATCH_SIZE))
