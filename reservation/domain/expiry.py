"""Writing down that holds have lapsed. Nothing waits for it: a lapsed hold is free by its lease alone."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db.models import QuerySet

from reservation.domain.event import record, snapshot
from reservation.domain.transaction import transact
from reservation.models import Appointment, EventKind, Reservation
from reservation.policy import Status

BATCH_SIZE = 200


def expire(reservation_ids: Iterable[int], *, now: datetime) -> int:
    """Mark those of these holds that have lapsed as EXPIRED and open what they still have; answers how many.

    Their appointments come first, as everywhere, so that whoever wants some of them waits at the first. Once more after
    the mark: a reschedule that is under way has committed by then, and its new appointments are seen here, or it finds
    the mark and starts again. Call it in a transaction.
    """
    ids = sorted(reservation_ids)
    if not ids:
        return 0
    Appointment.objects.of_reservations(ids).free_at(now).release()
    holds = Reservation.objects.filter(pk__in=ids).order_by("pk")
    expired = [hold.pk for hold in holds if mark_expired(hold, now=now)]
    Appointment.objects.of_reservations(expired).release()
    return len(expired)


def mark_expired(hold: Reservation, *, now: datetime) -> bool:
    """Answers whether it was this call that expired it."""
    as_read = {"pk": hold.pk, "provider_id": hold.provider_id, "starts_at": hold.starts_at}
    is_ours = Reservation.objects.lapsed_at(now).filter(**as_read).update(status=Status.EXPIRED, expires_at=None)
    if is_ours:
        before = snapshot(hold)
        hold.status, hold.expires_at = Status.EXPIRED, None
        record(EventKind.EXPIRED, reservation=hold, before=before, caller=None, now=now)
    return bool(is_ours)


def expire_lapsed(*, now: datetime) -> int:
    """Tidy the record: expire every hold that has lapsed, a batch a transaction; answers how many."""
    expired = 0
    while ids := list(oldest_lapsed(now).values_list("pk", flat=True)):
        expired += transact(partial(expire, ids, now=now))
    return expired


def oldest_lapsed(now: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.lapsed_at(now).order_by("expires_at")[:BATCH_SIZE]
