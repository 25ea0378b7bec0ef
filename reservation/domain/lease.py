"""The lease: one conditional UPDATE decides which reservation gets an appointment, by its row count."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet

from database.compiled_query import Changes, CompiledSelect, CompiledUpdate
from reservation.domain.errors import (
    AppointmentTaken,
    ClientBusy,
    InvalidInput,
    NotFound,
    TooManyHolds,
    TooSoon,
)
from reservation.domain.expiry import expire
from reservation.domain.transaction import Conflict
from reservation.models import Appointment, Client, Provider, Reservation, Service
from reservation.models.appointment import free_at
from reservation.models.reservation import live_hold_at
from reservation.policy import BOOKED_UNTIL, HOLDING, Status, later


@dataclass(frozen=True)
class Run:
    """Consecutive appointments on one provider's calendar, in order."""

    appointments: tuple[Appointment, ...]

    @property
    def ids(self) -> list[int]:
        return [appointment.pk for appointment in self.appointments]

    @property
    def provider(self) -> Provider:
        return self.appointments[0].provider

    @property
    def starts_at(self) -> datetime:
        return self.appointments[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.appointments[-1].ends_at


@CompiledSelect
def slot_with_provider(pk: int) -> QuerySet[Appointment]:
    return Appointment.objects.select_related("provider").filter(pk=pk)


def find_run(*, appointment_id: int, length: int, now: datetime) -> Run:
    """The run of this length that starts with the appointment.

    Raises NotFound, TooSoon, and AppointmentTaken when the calendar has no such run.
    """
    first = slot_with_provider.first(pk=appointment_id)
    if first is None:
        raise NotFound("appointment", field="appointment_id")
    policy = settings.RESERVATION_POLICY
    if first.starts_at < policy.earliest_start(now):
        raise TooSoon(policy.lead_time)
    if not first.provider.is_active:
        raise AppointmentTaken
    if length == 1:
        return Run((first,))
    following = Appointment.objects.filter(provider_id=first.provider_id).starting_in(
        first.ends_at, later(first.starts_at, length * policy.appointment_length)
    )
    run = Run((first, *following.order_by("starts_at")))
    if len(run.appointments) != length:
        raise AppointmentTaken
    return run


def check_offers(provider: Provider, service: Service, *, field: str) -> None:
    """Raise InvalidInput unless the provider offers this service."""
    if not service.is_active or not provider.services.filter(pk=service.pk).exists():
        raise InvalidInput("The provider does not offer this service.", field=field)


@CompiledUpdate
def count_claim(client_id: int) -> Changes:
    return Client.objects.filter(pk=client_id), {"claim_count": F("claim_count") + 1}


def serialise_client(client_id: int) -> None:
    """Serialise the transactions that claim time for one client, on every node of a cluster.

    Each of them updates this row before it reads the client's other reservations, so that it sees what another one
    has committed.
    Raises NotFound.
    """
    if not count_claim(client_id=client_id):
        raise NotFound("client", field="client_id")


@cache
def lease_run(*, has_some: bool) -> CompiledUpdate[...]:
    """The statement that leases a run. It updates fewer rows than the run has when some of them are taken.

    has_some: whether the reservation has some of the run already, which it keeps.
    """

    def build(ids: list[int], reservation_id: int, until: datetime, is_booked: bool, now: datetime) -> Changes:
        free = free_at(now) & Q(reservation=None)
        if has_some:
            free |= Q(reservation=reservation_id)
        return Appointment.objects.filter(free, pk__in=ids), lease(reservation_id, until=until, is_booked=is_booked)

    return CompiledUpdate(build)


def lease(reservation_id: int, *, until: datetime, is_booked: bool) -> dict[str, Any]:
    """The columns that lease an appointment to a reservation, with their values."""
    return {"reservation": reservation_id, "available_at": until, "is_booked": is_booked}


def acquire(run: Run, *, reservation: Reservation, until: datetime, now: datetime) -> None:
    """Lease the whole run to the reservation, over lapsed holds, whose reservations become EXPIRED.

    An appointment that another reservation has had since the run was read is not taken, even if it is free by now:
    nothing would expire that reservation.
    Raises AppointmentTaken when any of it is held; then the transaction must be rolled back.
    """
    had = {slot.reservation_id for slot in run.appointments if slot.reservation_id is not None}
    others = [slot for slot in run.appointments if slot.reservation_id != reservation.pk]
    if any(not slot.is_free_at(now) for slot in others):
        raise AppointmentTaken
    # Before the run is leased: two transactions that each had one of a hold's appointments would deadlock.
    lapsed = had - {reservation.pk}
    if expire(lapsed, now=now) != len(lapsed):
        raise Conflict  # one of them was expired or moved here meanwhile: retry
    leased = lease_run(has_some=reservation.pk in had)(
        ids=run.ids, reservation_id=reservation.pk, until=until, is_booked=until == BOOKED_UNTIL, now=now
    )
    if leased != len(run.appointments):
        raise AppointmentTaken


@CompiledSelect
def select_other_claims(
    reservation_id: int, client_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> QuerySet[Reservation]:
    """The client's other claims that may prevent this one: its live holds, and what overlaps."""
    overlaps = Q(status__in=HOLDING, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return Reservation.objects.filter(live_hold_at(now) | overlaps, ~Q(pk=reservation_id), client_id=client_id)


def check_client(*, reservation: Reservation, is_new_hold: bool, now: datetime) -> None:
    """Check that the client has no other reservation at this time, and not too many holds.

    is_new_hold: whether the reservation adds a hold.
    Raises ClientBusy and TooManyHolds; then the transaction must be rolled back.
    """
    claims = select_other_claims(
        reservation_id=reservation.pk,
        client_id=reservation.client_id,
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        now=now,
    )
    lapsed = [claim for claim in claims if claim.status_at(now) is Status.EXPIRED]
    live = [claim for claim in claims if claim not in lapsed]
    if any(claim.starts_at < reservation.ends_at and claim.ends_at > reservation.starts_at for claim in live):
        raise ClientBusy
    most = settings.RESERVATION_POLICY.max_live_holds
    if is_new_hold and sum(claim.status == Status.PENDING for claim in live) >= most:
        raise TooManyHolds(most)
    # So that a concurrent confirmation that began before the lapse fails. If it has committed already: retry.
    if expire((claim.pk for claim in lapsed), now=now) != len(lapsed):
        raise Conflict
