"""Signals that the domain sends to caches and counters. It does not wait for receivers, and their errors are logged.

Those that invalidate caches are also sent when nobody knows whether the transaction was committed.
"""

from collections.abc import Iterable
from functools import partial

from django.db import DEFAULT_DB_ALIAS, transaction
from django.dispatch import Signal

from database.after_commit import after_commit, arguments_after_commit
from reservation.models import EventKind

calendars_changed = Signal()
"""Appointments of these providers have changed, or may have, and the change is committed.

provider_ids: a frozenset.
"""

catalogue_changed = Signal()
"""Providers or services have changed, or may have, and the change is committed."""

reservation_changed = Signal()
"""A reservation has changed, and the change is committed.

kind: what happened, an EventKind.
"""

transaction_retried = Signal()
"""A transaction lost a race, and is tried again.

cause: the name of the race, as `lost_race` returns it.
"""


def send_calendars_changed(provider_ids: Iterable[int]) -> None:
    """Send the signal once this transaction is committed, or may be; after a rollback, nothing has changed."""
    if further := frozenset(provider_ids) - calendars_to_send():
        after_commit(_send_calendars_changed, further)


def calendars_to_send() -> frozenset[int]:
    """The providers of whom this transaction is going to send that their calendars have changed."""
    none: frozenset[int] = frozenset()
    return none.union(*(provider_ids for (provider_ids,) in arguments_after_commit(_send_calendars_changed)))


def send_catalogue_changed(using: str = DEFAULT_DB_ALIAS) -> None:
    """Send the signal once this transaction is committed, or may be; after a rollback, nothing has changed."""
    after_commit(_send_catalogue_changed, using=using)


def send_reservation_changed(kind: EventKind) -> None:
    """Send the signal once this transaction is committed; after a rollback, nothing has changed."""
    transaction.on_commit(partial(reservation_changed.send_robust, sender=None, kind=kind), robust=True)


def _send_calendars_changed(provider_ids: frozenset[int]) -> None:
    calendars_changed.send_robust(sender=None, provider_ids=provider_ids)


def _send_catalogue_changed() -> None:
    catalogue_changed.send_robust(sender=None)
