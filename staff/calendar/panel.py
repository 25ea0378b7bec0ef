"""The content of the panel: an open time to reserve, a reservation with its actions, or the form to move it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from reservation.domain.access import visible_reservations
from reservation.domain.queries.calendar import SlotState, read_slots
from reservation.domain.queries.providers import find_providers
from reservation.domain.transition import is_possible, state_of
from reservation.instants import clock, in_zone, moment, span
from reservation.models import Appointment, Reservation, ReservationEvent, Service, User
from reservation.models.event import EventKind
from reservation.policy import MAX_NAME_LENGTH, MAX_PHONE_LENGTH, MAX_TEXT_LENGTH, Action, Status
from reservation.status_words import STATUS_WORDS
from staff.actions import STAFF_ACTIONS, name_of
from staff.base import current_caller
from staff.calendar.choice import CalendarChoice
from staff.calendar.permissions import may_add_client, may_reserve, may_search, may_work
from staff.calendar.texts import day_title
from staff.history import kind_in_words

MAX_MOVE_TARGETS = 200
"""The most providers among whom the new one can be chosen."""


def show_appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """Returns the HTML of a free time: the services that fit there, and the form to reserve it. Raises Http404."""
    now = timezone.now()
    appointment = get_object_or_404(Appointment.objects.select_related("provider"), pk=pk)
    provider = appointment.provider
    zone = CalendarChoice.read(request.GET).zone_for([provider])
    slots_there = read_slots(
        providers=[provider], starts_from=appointment.starts_at, starts_before=appointment.ends_at, now=now
    )
    if not slots_there:
        raise Http404  # withdrawn since the first statement
    slot = slots_there[0]
    room = slot.room * (appointment.ends_at - appointment.starts_at)
    services = Service.objects.filter(providers=provider, is_active=True).by_name()
    return render(
        request,
        "admin/calendar/appointment.html",
        {
            "appointment": appointment,
            "is_open": slot.state is SlotState.OPEN,
            "is_free": slot.state in (SlotState.OPEN, SlotState.CLOSED),
            "day": day_title(in_zone(appointment.starts_at, zone).date()),
            "time": clock(appointment.starts_at, zone),
            "zone": zone.key,
            "services": [(service, service.duration <= room) for service in services],
            "appointment_minutes": settings.RESERVATION_POLICY.appointment_minutes,
            "may_reserve": may_reserve(request),
            "may_work": may_work(request),
            "may_search": may_search(request),
            "may_add_client": may_add_client(request),
            "max_name_length": MAX_NAME_LENGTH,
            "max_email_length": User.email.field.max_length,
            "max_phone_length": MAX_PHONE_LENGTH,
            "max_text_length": MAX_TEXT_LENGTH,
        },
    )


def show_reservation(request: HttpRequest, pk: int) -> HttpResponse:
    """Returns the HTML of a reservation: its history, and the actions that are possible right now. Raises Http404."""
    caller, now = current_caller(request), timezone.now()
    reservation = find_reservation(request, pk)
    zone = CalendarChoice.read(request.GET).zone_for([reservation.provider])
    status = reservation.status_at(now)
    expires_at = reservation.expires_at if status is Status.PENDING else None
    possible = [
        action
        for action in STAFF_ACTIONS
        if may_work(request) and is_possible(action, reservation, caller=caller, now=now)
    ]
    events = reservation.events.select_related("user").order_by("pk")
    return render(
        request,
        "admin/calendar/reservation.html",
        {
            **describe_reservation(reservation, zone),
            "state": STATUS_WORDS[status].staff,
            "tone": STATUS_WORDS[status].tone,
            "lapses": moment(expires_at, zone) if expires_at else "",
            "history": [describe_event(event, zone) for event in events],
            "buttons": [
                {"name": name_of(action), "action": STAFF_ACTIONS[action]}
                for action in possible
                if not STAFF_ACTIONS[action].needs_input
            ],
            "is_movable": Action.RESCHEDULE in possible,
            "is_cancellable": Action.CANCEL in possible,
            "may_search": may_search(request),
            "max_text_length": MAX_TEXT_LENGTH,
        },
    )


def show_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Returns the form to move a reservation. The times are read once provider and day are chosen. Raises Http404."""
    caller, now = current_caller(request), timezone.now()
    reservation = find_reservation(request, pk)
    zone = CalendarChoice.read(request.GET).zone_for([reservation.provider])
    providers = find_providers(service_id=reservation.service_id, is_active=True).by_name()
    return render(
        request,
        "admin/calendar/move.html",
        {
            **describe_reservation(reservation, zone),
            "is_possible": is_possible(Action.RESCHEDULE, reservation, caller=caller, now=now),
            "providers": providers[:MAX_MOVE_TARGETS],
            "date": in_zone(reservation.starts_at, zone).date().isoformat(),
        },
    )


def find_reservation(request: HttpRequest, pk: int) -> Reservation:
    """Returns the reservation, with client, provider and service. Raises Http404."""
    visible = visible_reservations(current_caller(request))
    return get_object_or_404(visible.select_related("client__user", "provider", "service"), pk=pk)


def describe_reservation(reservation: Reservation, zone: ZoneInfo) -> dict[str, Any]:
    """Returns the reservation and its time in words, for a template."""
    return {
        "reservation": reservation,
        "as_seen": state_of(reservation),
        "day": day_title(in_zone(reservation.starts_at, zone).date()),
        "time": span(reservation.starts_at, reservation.ends_at, zone),
        "zone": zone.key,
    }


def describe_event(event: ReservationEvent, zone: ZoneInfo) -> dict[str, str]:
    """Returns in words what happened, when and by whom; and from where to where, if the reservation was moved."""
    moved = ""
    if event.kind == EventKind.RESCHEDULED and event.before:
        starts = [moment(datetime.fromisoformat(side["starts_at"]), zone) for side in (event.before, event.after)]
        moved = f"from {starts[0]} to {starts[1]}"
        if event.before["provider_id"] != event.after["provider_id"]:
            moved += ", to another provider"
    return {
        "what": kind_in_words(event),
        "when": moment(event.occurred_at, zone),
        "who": str(event.user or ""),
        "moved": moved,
    }
