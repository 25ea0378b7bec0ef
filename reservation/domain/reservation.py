"""The commands of a reservation: reserve, confirm, reschedule, cancel, complete, mark as no-show."""

from datetime import datetime

from django.conf import settings

from database.compiled_insert import CompiledInsert
from database.compiled_query import Changes, CompiledUpdate
from reservation.domain.access import reservation_for
from reservation.domain.caller import Caller
from reservation.domain.command import HourlyLimit, command
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.event import record
from reservation.domain.lease import acquire, check_client, check_offers, find_run, lease, serialise_client
from reservation.domain.permissions import Permission
from reservation.domain.transaction import Conflict
from reservation.domain.transition import (
    change,
    require_as_seen,
    require_begun,
    require_live,
    require_movable,
    require_notice,
    require_transition,
    run_length_of,
)
from reservation.domain.validation import check_fields
from reservation.models import Appointment, EventKind, Reservation, Service
from reservation.policy import BOOKED_UNTIL, Action, Status

insert_reservation = CompiledInsert(Reservation)


@command(
    result=Reservation,
    hourly_limit=HourlyLimit(
        "reservations",
        lambda policy: policy.max_reservations_per_hour,
        lambda policy: policy.max_reservations_per_hour_of_network,
    ),
)
def reserve(
    *,
    caller: Caller,
    appointment_id: int,
    service_id: int | None = None,
    client_id: int | None = None,
    note: str | None = None,
    now: datetime,
) -> Reservation:
    """Hold the run of appointments that the service needs; without a service, the one appointment.

    Only staff may name a client; other callers reserve for themselves.
    Raises NotFound, Forbidden, InvalidInput, TooSoon, AppointmentTaken, ClientBusy and TooManyHolds.
    """
    policy = settings.RESERVATION_POLICY
    service = find_service(service_id)
    length = policy.run_length(service.duration if service else None)
    run = find_run(appointment_id=appointment_id, length=length, now=now)
    if service is not None:
        check_offers(run.provider, service, field="service_id")
    reservation = Reservation(
        client_id=client_to_reserve_for(caller, client_id),
        provider=run.provider,
        service=service,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
        status=Status.PENDING,
        expires_at=now + policy.hold,
        note=note or "",
        created_at=now,
    )
    check_fields(reservation, {"note"})
    serialise_client(reservation.client_id)
    insert_reservation(reservation)
    acquire(run, reservation=reservation, until=now + policy.hold, now=now)
    check_client(reservation=reservation, is_new_hold=True, now=now)
    record(EventKind.HELD, reservation=reservation, before=None, caller=caller, now=now)
    return reservation


@CompiledUpdate
def book(reservation_id: int, now: datetime) -> Changes:
    """Turns the leases of a live hold into a booking's."""
    held = Appointment.objects.filter(reservation=reservation_id).taken_at(now)
    return held, lease(reservation_id, until=BOOKED_UNTIL, is_booked=True)


@command(result=Reservation)
def confirm(*, caller: Caller, reservation_id: int, as_seen: str | None = None, now: datetime) -> Reservation:
    """Turn a hold into a booking; a booking stays one.

    Raises NotFound, Forbidden, HoldExpired and InvalidTransition.
    """
    reservation = reservation_for(Action.CONFIRM, caller=caller, reservation_id=reservation_id)
    if reservation.status == Status.CONFIRMED:
        return reservation
    require_live(reservation, now=now)
    require_as_seen(reservation, as_seen)
    require_transition(reservation, to=Status.CONFIRMED, now=now)
    if book(reservation_id=reservation.pk, now=now) != run_length_of(reservation):
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
def cancel(
    *, caller: Caller, reservation_id: int, reason: str | None = None, as_seen: str | None = None, now: datetime
) -> Reservation:
    """Cancel a hold or a booking; its time is open again.

    as_seen: what the caller saw of the reservation (`state_of`), as in the other commands.
    Raises NotFound, Forbidden, InvalidInput, InvalidTransition and TooLateToCancel.
    """
    reservation = reservation_for(Action.CANCEL, caller=caller, reservation_id=reservation_id)
    require_as_seen(reservation, as_seen)
    require_transition(reservation, to=Status.CANCELLED, now=now)
    require_notice(reservation, caller=caller, now=now)
    draft = Reservation(cancel_reason=reason)
    check_fields(draft, {"cancel_reason"}, argument="reason")
    if Appointment.objects.filter(reservation=reservation).release() != run_length_of(reservation):
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
def reschedule(
    *, caller: Caller, reservation_id: int, appointment_id: int, as_seen: str | None = None, now: datetime
) -> Reservation:
    """Move a reservation to another start, on any calendar that offers its service, or leave it as it is.

    A hold still lapses at the same instant.
    Raises NotFound, Forbidden, InvalidInput, HoldExpired, InvalidTransition, TooLateToCancel, TooSoon,
    AppointmentTaken and ClientBusy.
    """
    reservation = reservation_for(Action.RESCHEDULE, caller=caller, reservation_id=reservation_id)
    serialise_client(reservation.client_id)
    reservation.refresh_from_db()  # a concurrent call may have made the same move
    require_movable(reservation, now=now)
    here = {"provider_id": reservation.provider_id, "starts_at": reservation.starts_at}
    if Appointment.objects.filter(pk=appointment_id, **here).exists():
        return reservation
    require_as_seen(reservation, as_seen)
    require_notice(reservation, caller=caller, now=now)
    run = find_run(appointment_id=appointment_id, length=run_length_of(reservation), now=now)
    if run.provider.pk != reservation.provider_id and reservation.service is not None:
        check_offers(run.provider, reservation.service, field="appointment_id")
    acquire(run, reservation=reservation, until=reservation.expires_at or BOOKED_UNTIL, now=now)
    released = Appointment.objects.filter(reservation=reservation).exclude(pk__in=run.ids).release()
    kept = sum(appointment.reservation_id == reservation.pk for appointment in run.appointments)
    if released + kept != run_length_of(reservation):
        raise Conflict
    change(
        reservation,
        EventKind.RESCHEDULED,
        caller=caller,
        now=now,
        provider=run.provider,
        starts_at=run.starts_at,
        ends_at=run.ends_at,
    )
    check_client(reservation=reservation, is_new_hold=False, now=now)
    return reservation


@command(result=Reservation)
def complete(*, caller: Caller, reservation_id: int, as_seen: str | None = None, now: datetime) -> Reservation:
    """Record that the client came. Raises NotFound, Forbidden and InvalidTransition."""
    reservation = reservation_for(Action.COMPLETE, caller=caller, reservation_id=reservation_id)
    require_as_seen(reservation, as_seen)
    require_begun(reservation, to=Status.COMPLETED, now=now)
    change(reservation, EventKind.COMPLETED, caller=caller, now=now, status=Status.COMPLETED)
    return reservation


@command(result=Reservation)
def mark_no_show(*, caller: Caller, reservation_id: int, as_seen: str | None = None, now: datetime) -> Reservation:
    """Record that the client did not come. Raises NotFound, Forbidden and InvalidTransition."""
    reservation = reservation_for(Action.MARK_NO_SHOW, caller=caller, reservation_id=reservation_id)
    require_as_seen(reservation, as_seen)
    require_begun(reservation, to=Status.NO_SHOW, now=now)
    change(reservation, EventKind.NO_SHOW, caller=caller, now=now, status=Status.NO_SHOW)
    return reservation


def client_to_reserve_for(caller: Caller, client_id: int | None) -> int:
    """The id of the client for whom the caller reserves. Raises Forbidden."""
    if client_id is not None and client_id != caller.client_id:
        if not caller.is_staff:
            raise Forbidden("Only staff may reserve for someone else.", field="client_id")
        caller.require(Permission.RESERVE, field="client_id")
    if client_id is None:
        client_id = caller.client_id
    if client_id is None:
        raise Forbidden("Only a client reserves for itself; staff must name one.", field="client_id")
    return client_id


def find_service(service_id: int | None) -> Service | None:
    """The service with this id; None without an id. Raises NotFound."""
    service = Service.objects.filter(pk=service_id).first() if service_id is not None else None
    if service is None and service_id is not None:
        raise NotFound("service", field="service_id")
    return service
