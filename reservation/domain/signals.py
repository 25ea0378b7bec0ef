"""Signals that the domain sends to caches and counters. It does not wait for receivers, and their errors are logged."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from reservation.models import EventKind

calendars_changed = Signal()
"""Appointments of these providers have changed, and the change is committed.

provider_ids: a frozenset.
"""

reservation_changed = Signal()
"""A reservation has changed, and the change is committed.

kind: what happened, an EventKind.
"""

transaction_retried = Signal()
"""A transaction lost a race, and is tried again.

cause: the name of the race, as `lost_race` returns it.
"""


def send_calendars_changed(provider_ids: Iterable[int]) -> None:
    """Send the signal once this transaction is committed; after a rollback, nothing has changed."""
    send_on_commit(calendars_changed, provider_ids=frozenset(provider_ids))


def send_reservation_changed(kind: EventKind) -> None:
    """Send the signal once this transaction is committed; after a rollback, nothing has changed."""
    send_on_commit(reservation_changed, kind=kind)


def send_on_commit(signal: Signal, **arguments: object) -> None:
    transaction.on_commit(partial(signal.send_robust, sender=None, **arguments), robust=True)
