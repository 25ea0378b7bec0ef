"""What staff sees of calendars: who is open, held, booked. It reads, and decides nothing: the lease does."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Value, When

from reservation.domain.access import visible_reservations
from reservation.domain.caller import Caller
from reservation.domain.transition import slots as length_of
from reservation.models import Appointment, Provider, Reservation
from reservation.models.appointment import booked, free_at, held_at, in_time_at


class SlotState(StrEnum):
    """How an appointment stands at an instant."""

    OPEN = "open"
    """It can be reserved."""
    CLOSED = "closed"
    """Nobody holds it, but it can no longer be reserved, or its provider's time cannot."""
    HELD = "held"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An appointment as a reader sees it.

    reservation_id: who holds it; None for nobody, so also when a hold has lapsed.
    room: how many open ones in a row it begins, itself among them; 0 unless it is open.
    """

    id: int
    provider_id: int
    starts_at: datetime
    state: SlotState
    reservation_id: int | None
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """How many appointments of a stretch of a calendar stand how."""

    open: int
    closed: int
    held: int
    booked: int


def read_calendars(
    *, caller: Caller, providers: Collection[Provider], starts_from: datetime, starts_before: datetime, now: datetime
) -> tuple[list[Slot], dict[int, Reservation]]:
    """Everything on these calendars in the half-open interval, in order, and the reservations that hold any of it.

    Two statements, whatever there is. Raises Forbidden: it is for staff.
    """
    caller.require_staff()
    slots = read_slots(providers=providers, starts_from=starts_from, starts_before=starts_before, now=now)
    holders = {slot.reservation_id for slot in slots if slot.reservation_id is not None}
    found = visible_reservations(caller).filter(pk__in=holders).select_related("client", "service")
    texts = ("note", "cancel_reason", "client__phone")  # not read where they are not shown
    return slots, {reservation.pk: reservation for reservation in found.defer(*texts)}


def read_openings(
    *,
    caller: Caller,
    reservation: Reservation,
    provider: Provider,
    starts_from: datetime,
    starts_before: datetime,
    now: datetime,
) -> list[Slot]:
    """Where on this calendar the reservation could be moved, in order; what it has itself is open to it.

    One statement, and one more for another provider, who has to offer its service. Raises Forbidden.
    """
    caller.require_staff()
    is_elsewhere = provider.pk != reservation.provider_id
    if is_elsewhere and reservation.service_id and not provider.services.filter(pk=reservation.service_id).exists():
        return []
    slots = read_slots(
        providers=[provider], starts_from=starts_from, starts_before=starts_before, now=now, own=reservation.pk
    )
    here = (reservation.provider_id, reservation.starts_at)
    fitting = (slot for slot in slots if slot.room >= length_of(reservation))
    return [slot for slot in fitting if (slot.provider_id, slot.starts_at) != here]


def read_slots(
    *,
    providers: Collection[Provider],
    starts_from: datetime,
    starts_before: datetime,
    now: datetime,
    own: int | None = None,
) -> list[Slot]:
    """The slots of the interval, by provider and start.

    own: a reservation whose appointments count as open, for it is the one that asks for room.
    """
    policy = settings.RESERVATION_POLICY
    by_pk = {provider.pk: provider for provider in providers}
    # What comes after the interval decides how much room there is at its end.
    appointments = (
        Appointment.objects.filter(provider_id__in=list(by_pk))
        .starting_in(starts_from, starts_before + policy.max_service_length)
        .order_by("provider_id", "starts_at")
    )
    slots: list[Slot] = []
    following: Slot | None = None
    for appointment in reversed(appointments):
        provider = by_pk[appointment.provider_id]
        is_open = appointment.is_open_at(now, provider=provider, to=own)
        is_next = following is not None and (following.provider_id, following.starts_at) == (
            provider.pk,
            appointment.ends_at,
        )
        following = Slot(
            id=appointment.pk,
            provider_id=provider.pk,
            starts_at=appointment.starts_at,
            state=SlotState.OPEN if is_open else state_at(appointment, now),
            reservation_id=None if appointment.is_free_at(now) else appointment.reservation_id,
            room=(1 + (following.room if following and is_next else 0)) if is_open else 0,
        )
        if appointment.starts_at < starts_before:
            slots.append(following)
    return slots[::-1]


def state_at(appointment: Appointment, now: datetime) -> SlotState:
    """The state at this instant of an appointment that is not open."""
    if appointment.is_free_at(now):
        return SlotState.CLOSED
    return SlotState.HELD if appointment.is_held_at(now) else SlotState.BOOKED


def count_occupancy(
    *, caller: Caller, providers: Iterable[Provider], bounds: Sequence[datetime], now: datetime
) -> dict[tuple[int, int], Occupancy]:
    """How full these calendars are between each two neighbours among the bounds, by provider and number of the stretch.

    A stretch without any appointment is not there. One statement; the database counts. Raises Forbidden.
    """
    caller.require_staff()
    is_active = {provider.pk: provider.is_active for provider in providers}
    stretches = [When(starts_at__lt=end, then=Value(number)) for number, end in enumerate(bounds[1:])]
    counts = (
        Appointment.objects.filter(provider_id__in=list(is_active))
        .whether_booked_or_not()
        .starting_in(bounds[0], bounds[-1])
        .annotate(stretch=Case(*stretches, output_field=IntegerField()))
        .values_list("provider_id", "stretch")
        .annotate(
            in_time=Count("pk", filter=in_time_at(now)),
            free=Count("pk", filter=free_at(now)),
            held=Count("pk", filter=held_at(now)),
            booked=Count("pk", filter=booked()),
        )
        .order_by()
    )
    return {
        (provider_id, stretch): Occupancy(
            open=in_time if is_active[provider_id] else 0,
            closed=free - in_time if is_active[provider_id] else free,
            held=held,
            booked=booked_,
        )
        for provider_id, stretch, in_time, free, held, booked_ in counts
    }
