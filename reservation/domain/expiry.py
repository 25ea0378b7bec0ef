"""Marking lapsed holds as expired. Nothing depends on it: a lapsed hold is free by its lease alone."""

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
    """Mark those of these holds that have lapsed as EXPIRED and release their appointments; returns how many holds.

    Appointments are locked before reservations, as everywhere, so that competing transactions wait for the first one.
    They are released once more after the mark: a concurrent reschedule has committed by then, so that its new
    appointments are visible here, or it finds the hold EXPIRED and retries. Call it in a transaction.
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
    """Mark the hold as EXPIRED if it has lapsed and is unchanged; returns whether this call did so."""
    as_read = {"pk": hold.pk, "provider_id": hold.provider_id, "starts_at": hold.starts_at}
    unchanged = Reservation.objects.lapsed_at(now).filter(**as_read)
    is_expired_here = bool(unchanged.update(status=Status.EXPIRED, expires_at=None))
    if is_expired_here:
        before = snapshot(hold)
        hold.status, hold.expires_at = Status.EXPIRED, None
        record(EventKind.EXPIRED, reservation=hold, before=before, caller=None, now=now)
    return is_expired_here


def expire_lapsed(*, now: datetime) -> int:
    """Expire every hold that has lapsed, in batches of one transaction each; returns how many."""
    expired = 0
    while ids := list(oldest_lapsed(now).values_list("pk", flat=True)):
        expired += transact(partial(expire, ids, now=now))
    return expired


def oldest_lapsed(now: datetime) -> QuerySet[Reservation]:
    return Reservation.objects.lapsed_at(now).order_by("expires_at")[:BATCH_SIZE]
