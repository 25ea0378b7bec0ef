"""The life of a reservation: hold, confirm, move, cancel, and how it ended."""

from datetime import datetime
from typing import Any

from django.conf import settings

from reservation.domain.access import reservation_for, roles
from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.errors import DomainError, Forbidden, NotFound
from reservation.domain.event import record, snapshot
from reservation.domain.lease import check_client, find_run, queue_up, take
from reservation.domain.policy import BOOKED_UNTIL, MOVABLE, TRANSITIONS, Action, Role, Status
from reservation.domain.transaction import Conflict
from reservation.domain.validation import check_fields
from reservation.models import Appointment, EventKind, Reservation, Service


class HoldExpired(DomainError):
    """The hold lapsed before it was confirmed; the time may be somebody else's by now."""

    code = "HOLD_EXPIRED"

    def __init__(self) -> None:
        super().__init__("The hold has lapsed. Reserve again.", field="reservation_id")


class InvalidTransition(DomainError):
    """The reservation is not in a state from which this can be done."""

    code = "INVALID_TRANSITION"


class TooLateToCancel(DomainError):
    """It has begun, or begins too soon for the client to give it up."""

    code = "TOO_LATE_TO_CANCEL"


@command(result=Reservation)
def reserve(
    *,
    caller: Caller,
    appointment_id: int,
    service_id: int | None = None,
    client_id: int | None = None,
    note: str | None = None,
    now: datetime,
) -> Reservation:
    """Hold the run of appointments that the service needs; without a service it is the one.

    Only staff names a client; everybody else reserves for itself.
    Raises NotFound, Forbidden, InvalidInput, TooSoon, AppointmentTaken, ClientBusy and TooManyHolds.
    """
    policy = settings.RESERVATION_POLICY
    service = find_service(service_id)
    run = find_run(
        appointment_id=appointment_id,
        service=service,
        length=policy.run_length(service.duration if service else None),
        now=now,
    )
    reservation = Reservation(
        client_id=client_for(caller, client_id),
        provider_id=run.provider_id,
        service=service,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
        status=Status.PENDING,
        expires_at=now + policy.hold,
        note=note or "",
        created_at=now,
    )
    check_fields(reservation, {"note"})
    queue_up(reservation.client_id)
    reservation.save(force_insert=True)
    take(run, reservation=reservation, until=now + policy.hold, now=now)
    check_client(reservation=reservation, is_new_hold=True, now=now)
    record(EventKind.HELD, reservation=reservation, before=None, caller=caller, now=now)
    return reservation


@command(result=Reservation)
def confirm(*, caller: Caller, reservation_id: int, now: datetime) -> Reservation:
    """Turn a hold into a booking; a booking stays one.

    Raises NotFound, Forbidden, HoldExpired and InvalidTransition.
    """
    reservation = reservation_for(Action.CONFIRM, caller=caller, reservation_id=reservation_id)
    if reservation.status == Status.CONFIRMED:
        return reservation
    require_live(reservation, now=now)
    require_transition(reservation, to=Status.CONFIRMED, now=now)
    held = Appointment.objects.filter(reservation=reservation, available_at__gt=now)
    if held.lease_to(reservation, until=BOOKED_UNTIL) != slots(reservation):
        raise Conflict
    change(
        reservation,
        EventKind.CONFIRMED,
        caller=caller,
        now=now,
        status=Status.CONFIRMED,
        expires_at=None,
        confirmed_at=now,
    )
    return reservation


@command(result=Reservation)
def cancel(*, caller: Caller, reservation_id: int, reason: str | None = None, now: datetime) -> Reservation:
    """Give up a hold or a booking; its time is open again.

    Raises NotFound, Forbidden, InvalidInput, InvalidTransition and TooLateToCancel.
    """
    reservation = reservation_for(Action.CANCEL, caller=caller, reservation_id=reservation_id)
    require_transition(reservation, to=Status.CANCELLED, now=now)
    require_notice(reservation, caller=caller, now=now)
    draft = Reservation(cancel_reason=reason)
    check_fields(draft, {"cancel_reason"}, argument="reason")
    if Appointment.objects.filter(reservation=reservation).release() != slots(reservation):
        raise Conflict
    change(
        reservation,
        EventKind.CANCELLED,
        caller=caller,
        now=now,
        status=Status.CANCELLED,
        expires_at=None,
        cancelled_at=now,
        cancel_reason=draft.cancel_reason,
    )
    return reservation


@command(result=Reservation)
def reschedule(*, caller: Caller, reservation_id: int, appointment_id: int, now: datetime) -> Reservation:
    """Move a reservation to another start, on any calendar that offers its service, or leave it as it is.

    A hold keeps the instant at which it lapses.
    Raises NotFound, Forbidden, InvalidInput, HoldExpired, InvalidTransition, TooLateToCancel, TooSoon,
    AppointmentTaken and ClientBusy.
    """
    reservation = reservation_for(Action.RESCHEDULE, caller=caller, reservation_id=reservation_id)
    require_live(reservation, now=now)
    if reservation.status not in MOVABLE:
        raise InvalidTransition(f"A {reservation.status} reservation cannot be moved.", field="reservation_id")
    require_notice(reservation, caller=caller, now=now)
    run = find_run(appointment_id=appointment_id, service=reservation.service, length=slots(reservation), now=now)
    if (run.provider_id, run.starts_at) == (reservation.provider_id, reservation.starts_at):
        return reservation
    queue_up(reservation.client_id)
    take(run, reservation=reservation, until=reservation.expires_at or BOOKED_UNTIL, now=now)
    given_up = Appointment.objects.filter(reservation=reservation).exclude(pk__in=run.ids).release()
    kept = sum(appointment.reservation_id == reservation.pk for appointment in run.appointments)
    if given_up + kept != slots(reservation):
        raise Conflict
    change(
        reservation,
        EventKind.RESCHEDULED,
        caller=caller,
        now=now,
        provider_id=run.provider_id,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
    )
    check_client(reservation=reservation, is_new_hold=False, now=now)
    return reservation


@command(result=Reservation)
def complete(*, caller: Caller, reservation_id: int, now: datetime) -> Reservation:
    """Note that the client came. Raises NotFound, Forbidden and InvalidTransition."""
    reservation = reservation_for(Action.COMPLETE, caller=caller, reservation_id=reservation_id)
    require_begun(reservation, to=Status.COMPLETED, now=now)
    change(reservation, EventKind.COMPLETED, caller=caller, now=now, status=Status.COMPLETED)
    return reservation


@command(result=Reservation)
def mark_no_show(*, caller: Caller, reservation_id: int, now: datetime) -> Reservation:
    """Note that the client did not come. Raises NotFound, Forbidden and InvalidTransition."""
    reservation = reservation_for(Action.MARK_NO_SHOW, caller=caller, reservation_id=reservation_id)
    require_begun(reservation, to=Status.NO_SHOW, now=now)
    change(reservation, EventKind.NO_SHOW, caller=caller, now=now, status=Status.NO_SHOW)
    return reservation


# --- What the commands are made of ---------------------------------------------------------------------------------


def client_for(caller: Caller, client_id: int | None) -> int:
    """Whom the caller reserves for. Raises Forbidden."""
    if client_id is not None and client_id != caller.client_id and not caller.is_staff:
        raise Forbidden("Only staff may reserve for someone else.", field="client_id")
    if client_id is None:
        client_id = caller.client_id
    if client_id is None:
        raise Forbidden("Only a client reserves for itself; staff must name one.", field="client_id")
    return client_id


def find_service(service_id: int | None) -> Service | None:
    service = Service.objects.filter(pk=service_id).first() if service_id is not None else None
    if service is None and service_id is not None:
        raise NotFound("service", field="service_id")
    return service


def slots(reservation: Reservation) -> int:
    """How many appointments it takes."""
    return settings.RESERVATION_POLICY.run_length(reservation.ends_at - reservation.starts_at)


def require_live(reservation: Reservation, *, now: datetime) -> None:
    """Raise HoldExpired for a hold that has lapsed."""
    if reservation.status_at(now) is Status.EXPIRED:
        raise HoldExpired


def require_transition(reservation: Reservation, *, to: Status, now: datetime) -> None:
    """Raise InvalidTransition unless the state machine goes from here to there."""
    status = reservation.status_at(now)
    if to not in TRANSITIONS[status]:
        raise InvalidTransition(f"A {status} reservation cannot become {to}.", field="reservation_id")


def require_begun(reservation: Reservation, *, to: Status, now: datetime) -> None:
    """Raise InvalidTransition for what can only be said once the time has come."""
    require_transition(reservation, to=to, now=now)
    if reservation.starts_at > now:
        raise InvalidTransition(f"A reservation that has not begun cannot become {to}.", field="reservation_id")


def require_notice(reservation: Reservation, *, caller: Caller, now: datetime) -> None:
    """Raise TooLateToCancel once it has begun, and for a client's booking within the notice."""
    if reservation.starts_at <= now:
        raise TooLateToCancel("It has begun.", field="reservation_id")
    notice = settings.RESERVATION_POLICY.cancellation_notice
    is_bound = reservation.status == Status.CONFIRMED and roles(caller, reservation) == {Role.CLIENT}
    if is_bound and reservation.starts_at - now < notice:
        raise TooLateToCancel(f"A booking can be given up until {notice} before it.", field="reservation_id")


def change(reservation: Reservation, kind: EventKind, *, caller: Caller, now: datetime, **fields: Any) -> None:
    """Compare and swap: set these fields if the row still is what was read, and append the event.

    Raises Conflict when somebody else was quicker.
    """
    before = snapshot(reservation)
    unchanged = Reservation.objects.filter(
        pk=reservation.pk,
        status=reservation.status,
        provider_id=reservation.provider_id,
        starts_at=reservation.starts_at,
    )
    if not unchanged.update(**fields):
        raise Conflict
    for name, value in fields.items():
        setattr(reservation, name, value)
    record(kind, reservation=reservation, before=before, caller=caller, now=now)
