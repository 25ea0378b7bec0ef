"""What staff sees of calendars: who is open, held, booked. It reads, and decides nothing: the lease does."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Q, Value, When

from reservation.domain.access import visible_reservations
from reservation.domain.caller import Caller
from reservation.domain.transition import slots as length_of
from reservation.models import Appointment, Provider, Reservation


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
    earliest = policy.earliest_start(now)
    active = {provider.pk for provider in providers if provider.is_active}
    # What lies behind the interval tells how much room there is at its end.
    rows = (
        Appointment.objects.filter(provider_id__in=[provider.pk for provider in providers])
        .starting_in(starts_from, starts_before + policy.max_service_length)
        .order_by("provider_id", "starts_at")
        .values_list("pk", "provider_id", "starts_at", "available_at", "is_booked", "reservation_id")
    )
    slots: list[Slot] = []
    following: Slot | None = None
    for pk, provider_id, starts_at, available_at, is_booked, reservation_id in reversed(list(rows)):
        is_free = not is_booked and available_at <= now
        is_open = starts_at >= earliest and provider_id in active and (is_free or (own and reservation_id == own))
        state = state_of(is_open=bool(is_open), is_free=is_free, is_booked=is_booked)
        is_next = following is not None and (following.provider_id, following.starts_at) == (
            provider_id,
            starts_at + policy.appointment_length,
        )
        following = Slot(
            id=pk,
            provider_id=provider_id,
            starts_at=starts_at,
            state=state,
            reservation_id=None if is_free else reservation_id,
            room=(1 + (following.room if following and is_next else 0)) if is_open else 0,
        )
        if starts_at < starts_before:
            slots.append(following)
    return slots[::-1]


def state_of(*, is_open: bool, is_free: bool, is_booked: bool) -> SlotState:
    if is_open:
        return SlotState.OPEN
    if is_free:
        return SlotState.CLOSED
    return SlotState.BOOKED if is_booked else SlotState.HELD


def count_occupancy(
    *, caller: Caller, providers: Iterable[Provider], bounds: Sequence[datetime], now: datetime
) -> dict[tuple[int, int], Occupancy]:
    """How full these calendars are between each two neighbours among the bounds, by provider and number of the stretch.

    A stretch without any appointment is not there. One statement; the database counts. Raises Forbidden.
    """
    caller.require_staff()
    is_active = {provider.pk: provider.is_active for provider in providers}
    earliest = settings.RESERVATION_POLICY.earliest_start(now)
    is_free = Q(is_booked=False, available_at__lte=now)
    stretches = [When(starts_at__lt=end, then=Value(number)) for number, end in enumerate(bounds[1:])]
    counts = (
        Appointment.objects.filter(provider_id__in=list(is_active), is_booked__in=[False, True])
        .starting_in(bounds[0], bounds[-1])
        .annotate(stretch=Case(*stretches, output_field=IntegerField()))
        .values_list("provider_id", "stretch")
        .annotate(
            open=Count("pk", filter=is_free & Q(starts_at__gte=earliest)),
            free=Count("pk", filter=is_free),
            held=Count("pk", filter=Q(is_booked=False, available_at__gt=now)),
            booked=Count("pk", filter=Q(is_booked=True)),
        )
        .order_by()
    )
    return {
        (provider_id, stretch): Occupancy(
            open=open_ if is_active[provider_id] else 0,
            closed=free - open_ if is_active[provider_id] else free,
            held=held,
            booked=booked,
        )
        for provider_id, stretch, open_, free, held, booked in counts
    }
