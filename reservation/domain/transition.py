"""State transitions: their preconditions, and the compare-and-swap that makes them."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model

from database.compiled_query import Changes, CompiledUpdate
from reservation.domain.access import require_admitted, roles
from reservation.domain.caller import Caller
from reservation.domain.errors import DomainError, HoldExpired, InvalidTransition, TooLateToCancel
from reservation.domain.event import record, snapshot
from reservation.domain.permissions import Permission
from reservation.domain.transaction import Conflict
from reservation.models import EventKind, Reservation
from reservation.policy import LEADS_TO, MOVABLE, TRANSITIONS, Action, Role, Status

ONLY_CLIENT = frozenset({Role.CLIENT})


def run_length_of(reservation: Reservation) -> int:
    """How many appointments the reservation takes."""
    return settings.RESERVATION_POLICY.run_length(reservation.ends_at - reservation.starts_at)


def state_of(reservation: Reservation) -> str:
    """What a person sees of a reservation before they decide: its status, its provider and its start.

    Their command takes it as `as_seen`.
    """
    return f"{reservation.status} {reservation.provider_id} {reservation.starts_at.astimezone(UTC).isoformat()}"


def require_as_seen(reservation: Reservation, as_seen: str | None) -> None:
    """Raise InvalidTransition if the reservation is no longer what the person saw; None if the caller does not tell."""
    if as_seen is not None and as_seen != state_of(reservation):
        raise InvalidTransition("The reservation has changed since the page was opened: look at it again.")


def require_live(reservation: Reservation, *, now: datetime) -> None:
    """Raise HoldExpired for a hold that has lapsed."""
    if reservation.status_at(now) is Status.EXPIRED:
        raise HoldExpired


def require_transition(reservation: Reservation, *, to: Status, now: datetime) -> None:
    """Raise InvalidTransition unless the state machine has this transition."""
    status = reservation.status_at(now)
    if to not in TRANSITIONS[status]:
        raise InvalidTransition(f"A {status} reservation cannot become {to}.")


def require_begun(reservation: Reservation, *, to: Status, now: datetime) -> None:
    """Raise InvalidTransition for a transition that needs the reservation to have begun."""
    require_transition(reservation, to=to, now=now)
    if reservation.starts_at > now:
        raise InvalidTransition(f"A reservation that has not begun cannot become {to}.")


def require_movable(reservation: Reservation, *, now: datetime) -> None:
    """Raise HoldExpired and InvalidTransition unless its state allows it to be moved."""
    require_live(reservation, now=now)
    if reservation.status not in MOVABLE:
        raise InvalidTransition(f"A {reservation.status} reservation cannot be moved.")


def require_notice(reservation: Reservation, *, caller: Caller, now: datetime) -> None:
    """Raise TooLateToCancel once it has begun, and for a client within the notice of its booking."""
    if reservation.starts_at <= now:
        raise TooLateToCancel
    notice = settings.RESERVATION_POLICY.cancellation_notice
    is_clients = reservation.status == Status.CONFIRMED and roles(caller, reservation) - {Role.STAFF} == ONLY_CLIENT
    is_late = reservation.starts_at - now < notice
    if is_clients and is_late and not caller.may(Permission.CHANGE_RESERVATION):
        raise TooLateToCancel(notice)


def require_possible(action: Action, reservation: Reservation, *, caller: Caller, now: datetime) -> None:
    """Raise the error that the command would raise, unless the reservation's state and its time allow the action."""
    match action:
        case Action.CANCEL:
            require_transition(reservation, to=Status.CANCELLED, now=now)
            require_notice(reservation, caller=caller, now=now)
        case Action.RESCHEDULE:
            require_movable(reservation, now=now)
            require_notice(reservation, caller=caller, now=now)
        case Action.COMPLETE | Action.MARK_NO_SHOW:
            require_begun(reservation, to=LEADS_TO[action], now=now)
        case _:
            require_transition(reservation, to=LEADS_TO[action], now=now)


def is_possible(action: Action, reservation: Reservation, *, caller: Caller, now: datetime) -> bool:
    """Whether the caller could do this to it right now, by the checks that the command makes."""
    try:
        require_admitted(action, caller=caller, reservation=reservation)
        require_possible(action, reservation, caller=caller, now=now)
    except DomainError:
        return False
    return True


@cache
def compare_and_swap(*fields: str) -> CompiledUpdate[...]:
    """The statement that sets these fields if the reservation is unchanged since it was read.

    The param of a field's new value is named new_<field>; the others are the values that were read.
    """

    def build(pk: int, status: str, provider_id: int, starts_at: datetime, **values: Any) -> Changes:
        unchanged = Reservation.objects.filter(pk=pk, status=status, provider_id=provider_id, starts_at=starts_at)
        return unchanged, {name: values[f"new_{name}"] for name in fields}

    return CompiledUpdate(build)


def change(reservation: Reservation, kind: EventKind, *, caller: Caller, now: datetime, **fields: Any) -> None:
    """Set these fields if the row is unchanged since it was read, and append the event.

    Raises Conflict when another transaction has changed it.
    """
    before = snapshot(reservation)
    read = {name: getattr(reservation, name) for name in ("pk", "status", "provider_id", "starts_at")}
    values = {f"new_{name}": value.pk if isinstance(value, Model) else value for name, value in fields.items()}
    if not compare_and_swap(*fields)(**read, **values):
        raise Conflict
    for name, value in fields.items():
        setattr(reservation, name, value)
    record(kind, reservation=reservation, before=before, caller=caller, now=now)
