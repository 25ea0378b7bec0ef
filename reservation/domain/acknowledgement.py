"""Whoever acknowledges a change invalidates the caches first, even if it has made no change itself.

A command that finds its work done (a repeated key, a booking that is to be confirmed) may be the first to acknowledge
it: the process that has committed the change may have been killed, or may not have sent its signals yet.
"""

from collections.abc import Mapping
from typing import Any

from reservation.domain.signals import calendars_to_send, send_calendars_changed, send_catalogue_changed
from reservation.models import Client, Reservation


def send_affected(result: Any, arguments: Mapping[str, Any]) -> None:
    """Send that what a command's result is about has changed, unless this transaction already does.

    result: what the command returned, now or when it was called first; arguments: those of the command.
    """
    match result, arguments:
        case Reservation(), _:
            send_calendars_of(result)
        case Client(), _:
            pass  # nothing that is cached shows clients
        case int(), {"provider_id": provider_id}:
            send_calendars_changed({provider_id})
        case _:
            send_catalogue_changed()  # which everything that is cached depends on


def send_calendars_of(reservation: Reservation) -> None:
    """Send that all calendars on which the reservation is or was have changed, unless this transaction already does."""
    if reservation.provider_id not in calendars_to_send():
        before = reservation.events.values_list("before", flat=True)
        send_calendars_changed({reservation.provider_id, *(state["provider_id"] for state in before if state)})
