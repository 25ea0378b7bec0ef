"""Calendars as staff sees them: which slots are open, held and booked, and how full they are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Value, When

from reservation.domain.access import visible_reservations
from reservation.domain.caller import Caller
from reservation.domain.transition import run_length_of
from reservation.models import Appointment, Provider, Reservation
from reservation.models.appointment import booked, free_at, held_at, in_time_at
from reservation.policy import later


class SlotState(StrEnum):
    """The state of an appointment at an instant."""

    OPEN = "open"
    """It can be reserved."""
    CLOSED = "closed"
    """It is free, but starts too soon, or its provider is not active."""
    HELD = "held"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An appointment as staff sees it.

    reservation_id: the reservation that holds it; None when it is free, so also when its hold has lapsed.
    room: the length of the run of open appointments that begins with it; 0 unless it is open.
    """

    id: int
    provider_id: int
    starts_at: datetime
    state: SlotState
    reservation_id: int | None
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """How many appointments of a part of a calendar are in each state."""

    open: int
    closed: int
    held: int
    booked: int


def read_calendars(
    *, caller: Caller, providers: Collection[Provider], starts_from: datetime, starts_before: datetime, now: datetime
) -> tuple[list[Slot], dict[int, Reservation]]:
    """The slots of these calendars in the half-open interval, in order, and the reservations that hold any of them.

    Two statements, however many slots there are. Raises Forbidden unless the caller is staff.
    """
    caller.require_staff()
    slots = read_slots(providers=providers, starts_from=starts_from, starts_before=starts_before, now=now)
    holders = {slot.reservation_id for slot in slots if slot.reservation_id is not None}
    found = visible_reservations(caller).filter(pk__in=holders).select_related("client", "service")
    texts = ("note", "cancel_reason", "client__phone")  # not shown on a calendar
    return slots, {reservation.pk: reservation for reservation in found.defer(*texts)}


def read_possible_moves(
    *,
    caller: Caller,
    reservation: Reservation,
    provider: Provider,
    starts_from: datetime,
    starts_before: datetime,
    now: datetime,
) -> list[Slot]:
    """The slots of this calendar to which the reservation could be moved, in order; its own slots count as open.

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
    fitting = (slot for slot in slots if slot.room >= run_length_of(reservation))
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

    own: the id of a reservation whose own appointments count as open, since it can be moved onto them.
    """
    policy = settings.RESERVATION_POLICY
    by_pk = {provider.pk: provider for provider in providers}
    # What comes after the interval decides how much room there is at its end.
    appointments = (
        Appointment.objects.filter(provider_id__in=list(by_pk))
        .starting_in(starts_from, later(starts_before, policy.max_service_length))
        .order_by("provider_id", "starts_at")
    )
    slots: list[Slot] = []
    following: Slot | None = None
    for appointment in reversed(list(appointments)):
        provider = by_pk[appointment.provider_id]
        is_open = appointment.is_open_at(now, provider=provider, own=own)
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
    """How full these calendars are between each two consecutive bounds, by provider and number of the part.

    A part without appointments is left out. One statement; the database counts. Raises Forbidden.
    """
    caller.require_staff()
    is_active = {provider.pk: provider.is_active for provider in providers}
    parts = [When(starts_at__lt=end, then=Value(number)) for number, end in enumerate(bounds[1:])]
    counts = (
        Appointment.objects.filter(provider_id__in=list(is_active))
        .whether_booked_or_not()
        .starting_in(bounds[0], bounds[-1])
        .annotate(part=Case(*parts, output_field=IntegerField()))
        .values_list("provider_id", "part")
        .annotate(
            in_time=Count("pk", filter=in_time_at(now)),
            free=Count("pk", filter=free_at(now)),
            held=Count("pk", filter=held_at(now)),
            booked=Count("pk", filter=booked()),
        )
        .order_by()
    )
    return {
        (provider_id, part): Occupancy(
            open=in_time if is_active[provider_id] else 0,
            closed=free - in_time if is_active[provider_id] else free,
            held=held,
            booked=booked_,
        )
        for provider_id, part, in_time, free, held, booked_ in counts
    }
