"""The lease: one conditional UPDATE decides who has an appointment, and its row count is the verdict."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q

from reservation.domain.errors import DomainError, InvalidInput, NotFound
from reservation.domain.expiry import expire
from reservation.domain.policy import BOOKINGS, Status
from reservation.models import Appointment, Client, Provider, Reservation, Service


class AppointmentTaken(DomainError):
    """Somebody else holds it, or it is no longer offered."""

    code = "APPOINTMENT_TAKEN"

    def __init__(self) -> None:
        super().__init__("This time is no longer available.", field="appointment_id")


class TooSoon(DomainError):
    """It starts before the lead time is over."""

    code = "TOO_SOON"


class TooManyHolds(DomainError):
    """The client has as many unconfirmed reservations as it may."""

    code = "TOO_MANY_HOLDS"


class ClientBusy(DomainError):
    """The client has another reservation at this time."""

    code = "CLIENT_BUSY"


@dataclass(frozen=True)
class Run:
    """Consecutive appointments on one provider's calendar, in order."""

    appointments: tuple[Appointment, ...]

    @property
    def ids(self) -> list[int]:
        return [appointment.pk for appointment in self.appointments]

    @property
    def provider_id(self) -> int:
        return self.appointments[0].provider_id

    @property
    def starts_at(self) -> datetime:
        return self.appointments[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.appointments[-1].ends_at


def find_run(*, appointment_id: int, service: Service | None, length: int, now: datetime) -> Run:
    """The run of this length that starts with the appointment, if its provider gives this service.

    Raises NotFound, TooSoon, InvalidInput when the provider does not offer the service, and AppointmentTaken when
    the calendar has no such run.
    """
    first = Appointment.objects.select_related("provider").filter(pk=appointment_id).first()
    if first is None:
        raise NotFound("appointment", field="appointment_id")
    policy = settings.RESERVATION_POLICY
    if first.starts_at < policy.earliest_start(now):
        raise TooSoon(f"Reserve at least {policy.lead_time} ahead.", field="appointment_id")
    if not first.provider.is_active:
        raise AppointmentTaken
    if service is not None:
        check_offers(first.provider, service)
    if length == 1:
        return Run((first,))
    following = Appointment.objects.filter(provider_id=first.provider_id).starting_in(
        first.starts_at + policy.appointment_length, first.starts_at + length * policy.appointment_length
    )
    run = Run((first, *following.order_by("starts_at")))
    if len(run.appointments) != length:
        raise AppointmentTaken
    return run


def check_offers(provider: Provider, service: Service) -> None:
    """Raise InvalidInput unless the provider gives this service."""
    if not service.is_active or not provider.services.filter(pk=service.pk).exists():
        raise InvalidInput("The provider does not offer this service.", field="service_id")


def queue_up(client_id: int) -> None:
    """Make the transactions that claim time for one client follow each other, on every node of a cluster.

    This write comes before they look at what else the client has, so none decides on what another is changing.
    Raises NotFound.
    """
    if not Client.objects.filter(pk=client_id).update(claim_count=F("claim_count") + 1):
        raise NotFound("client", field="client_id")


def take(run: Run, *, reservation: Reservation, until: datetime, now: datetime) -> None:
    """Lease the whole run to the reservation, over lapsed holds, whose reservations become EXPIRED.

    Raises AppointmentTaken when any of it is held; then the transaction must be rolled back.
    """
    takeable = Q(is_booked=False, available_at__lte=now)
    had = {appointment.reservation_id for appointment in run.appointments} - {None}
    if reservation.pk in had:
        takeable |= Q(reservation=reservation)
    taken = Appointment.objects.filter(takeable, pk__in=run.ids).lease_to(reservation, until=until)
    if taken != len(run.appointments):
        raise AppointmentTaken
    expire((pk for pk in had if pk is not None and pk != reservation.pk), now=now)


def check_client(*, reservation: Reservation, is_new_hold: bool, now: datetime) -> None:
    """Refuse what the client has no room for: it is in one place at a time, and holds only so much.

    is_new_hold: whether it takes one hold more.
    Raises ClientBusy and TooManyHolds; then the transaction must be rolled back.
    """
    others = Reservation.objects.filter(client_id=reservation.client_id).exclude(pk=reservation.pk)
    is_live_hold = Q(status=Status.PENDING, expires_at__gt=now)
    overlaps = Q(starts_at__lt=reservation.ends_at, ends_at__gt=reservation.starts_at)
    claims = list(
        others.filter(is_live_hold | Q(status__in=BOOKINGS) & overlaps).values_list("status", "starts_at", "ends_at")
    )
    if any(starts_at < reservation.ends_at and ends_at > reservation.starts_at for _, starts_at, ends_at in claims):
        raise ClientBusy("The client has another reservation at this time.", field="appointment_id")
    most = settings.RESERVATION_POLICY.max_live_holds
    holds = sum(status == Status.PENDING for status, _, _ in claims)
    if is_new_hold and holds >= most:
        raise TooManyHolds(f"Confirm or cancel one first: {most} unconfirmed reservations are the most.")
