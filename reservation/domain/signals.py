"""What the domain tells whoever listens: caches and counters. It does not wait for them, nor do they fail it."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.dispatch import Signal

calendars_changed = Signal()
"""Appointments of these providers changed, and the change is committed. It tells `provider_ids`, a set."""

reservation_changed = Signal()
"""A reservation was made or changed, and the change is committed. Sends `kind`, the EventKind of its event."""

transaction_retried = Signal()
"""A transaction lost a race, and is tried again. It tells `cause`, by the name of what the database said."""


def send_calendars_changed(provider_ids: Iterable[int]) -> None:
    """Say so once this transaction is committed; when it is rolled back, nothing has changed."""
    tell = partial(calendars_changed.send_robust, sender=None, provider_ids=frozenset(provider_ids))
    transaction.on_commit(tell, robust=True)
