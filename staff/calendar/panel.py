"""What stands in the panel: an open time to reserve, a reservation with what can be done to it, where to move it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from reservation.domain.access import visible_reservations
from reservation.domain.queries.calendar import SlotState, read_slots
from reservation.domain.queries.providers import find_providers
from reservation.domain.transition import is_possible, run_length_of
from reservation.models import Appointment, Reservation, ReservationEvent
from reservation.policy import MAX_TEXT_LENGTH, Action, Status
from staff.base import current_caller
from staff.calendar.choice import Choice
from staff.calendar.days import Day
from staff.calendar.rights import may_add_client, may_reserve, may_search, may_work
from staff.calendar.texts import STATES, clock, day_title, moment, span

MAX_PROVIDERS = 200
"""Among whom one can be chosen to move to."""

KINDS = {
    "HELD": "Held",
    "CONFIRMED": "Confirmed",
    "RESCHEDULED": "Moved",
    "CANCELLED": "Cancelled",
    "EXPIRED": "Lapsed",
    "COMPLETED": "Marked as done",
    "NO_SHOW": "Marked as no-show",
}


def show_appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """A free time: what fits there, and for whom."""
    now = timezone.now()
    appointment = get_object_or_404(Appointment.objects.select_related("provider"), pk=pk)
    provider = appointment.provider
    zone = Choice.read(request.GET).zone_for([provider])
    slots_there = read_slots(
        providers=[provider], starts_from=appointment.starts_at, starts_before=appointment.ends_at, now=now
    )
    if not slots_there:
        raise Http404  # withdrawn since it was looked up
    slot = slots_there[0]
    room = slot.room * (appointment.ends_at - appointment.starts_at)
    services = provider.services.filter(is_active=True).order_by("name", "pk")
    return render(
        request,
        "admin/calendar/appointment.html",
        {
            "appointment": appointment,
            "is_open": slot.state is SlotState.OPEN,
            "is_free": slot.state in (SlotState.OPEN, SlotState.CLOSED),
            "day": day_title(appointment.starts_at.astimezone(zone).date()),
            "time": clock(appointment.starts_at, zone),
            "zone": zone.key,
            "services": [(service, service.duration <= room) for service in services],
            "may_reserve": may_reserve(request),
            "may_work": may_work(request),
            "may_search": may_search(request),
            "may_add_client": may_add_client(request),
            "max_text_length": MAX_TEXT_LENGTH,
        },
    )


def show_reservation(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of it, its history, and what staff can do to it right now."""
    caller, now = current_caller(request), timezone.now()
    reservation = reservation_with_all(request, pk)
    zone = Choice.read(request.GET).zone_for([reservation.provider])
    status = reservation.status_at(now)
    possible = [
        action for action in Action if may_work(request) and is_possible(action, reservation, caller=caller, now=now)
    ]
    events = reservation.events.select_related("user").order_by("pk")
    return render(
        request,
        "admin/calendar/reservation.html",
        {
            **words_for(reservation, zone),
            "state": STATES[status],
            "status": status,
            "lapses": moment(reservation.expires_at, zone)
            if status is Status.PENDING and reservation.expires_at
            else "",
            "history": [describe_event(event, zone) for event in events],
            "actions": {action.name.lower() for action in possible},
            "may_search": may_search(request),
            "max_text_length": MAX_TEXT_LENGTH,
        },
    )


def show_move(request: HttpRequest, pk: int) -> HttpResponse:
    """To whom it can be moved, and on which day; the openings are read when these are chosen."""
    caller, now = current_caller(request), timezone.now()
    reservation = reservation_with_all(request, pk)
    choice = Choice.read(request.GET)
    zone = choice.zone_for([reservation.provider])
    providers = find_providers(service_id=reservation.service_id, is_active=True).order_by("name", "pk")
    return render(
        request,
        "admin/calendar/move.html",
        {
            **words_for(reservation, zone),
            "is_possible": is_possible(Action.RESCHEDULE, reservation, caller=caller, now=now),
            "providers": providers[:MAX_PROVIDERS],
            "date": Day(reservation.starts_at.astimezone(zone).date(), zone).date.isoformat(),
        },
    )


def reservation_with_all(request: HttpRequest, pk: int) -> Reservation:
    visible = visible_reservations(current_caller(request))
    return get_object_or_404(visible.select_related("client__user", "provider", "service"), pk=pk)


def words_for(reservation: Reservation, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "reservation": reservation,
        "day": day_title(reservation.starts_at.astimezone(zone).date()),
        "time": span(reservation, zone),
        "zone": zone.key,
        "length": run_length_of(reservation),
    }


def describe_event(event: ReservationEvent, zone: ZoneInfo) -> dict[str, str]:
    """What, when, who; and for a move, from where to where."""
    moved = ""
    if event.kind == "RESCHEDULED" and event.before:
        starts = [moment(datetime.fromisoformat(side["starts_at"]), zone) for side in (event.before, event.after)]
        moved = f"from {starts[0]} to {starts[1]}"
        if event.before["provider_id"] != event.after["provider_id"]:
            moved += ", to another provider"
    return {
        "what": KINDS.get(event.kind, event.kind),
        "when": moment(event.occurred_at, zone),
        "who": str(event.user or ""),
        "moved": moved,
    }
