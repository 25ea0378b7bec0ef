"""The first page of the admin: how the day goes, what comes next, and what somebody should look at."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from reservation.domain.queries.overview import Concern, Tally, coming_up, concerns, idle_providers, name_people, tally
from reservation.models import Reservation
from staff.dates import interval_of
from staff.requests import recent_requests
from staff.state import LABELS, WORDS

NEXT = 8

TOLD = {
    # What is said of each kind of concern: of one, and what to do.
    "lapsing": ("Holds that lapse within ten minutes", "Confirm them with the client, or let them go."),
    "in two places": ("Clients who are in two places at once", "No command makes these: run verify_reservations."),
    "provider away": ("Reservations with a provider who is not active", "Move or cancel them, and tell the client."),
    "not closed": ("Reservations that are over and not closed", "Mark each as completed or as no-show."),
    "not tidied": ("Holds that lapsed long ago", "Their time is free. Is expire_reservations still run?"),
}


def home_context(request: HttpRequest) -> dict[str, Any]:
    """What the page shows. Whoever may not see reservations sees none here either."""
    now = timezone.now()
    context: dict[str, Any] = {"now": now, "zone": timezone.get_current_timezone_name()}
    if request.user.has_perm("reservation.view_reservation"):
        context |= overview(now)
    return context | {"windows": recent_requests()}


def overview(now: datetime) -> dict[str, Any]:
    """As many statements whatever there is."""
    idle = idle_providers()
    next_ones, worries = coming_up(now=now, number=NEXT), concerns(idle=idle, now=now)
    name_people([*next_ones, *(one for worry in worries for one in worry.first)])
    return {
        "tallies": [
            shown(title, name, tally(starts_from=starts_from, starts_before=starts_before, idle=idle, now=now))
            for title, name, starts_from, starts_before in intervals(now)
        ],
        "coming_up": [line(reservation, now) for reservation in next_ones],
        "concerns": [told(worry, now) for worry in worries],
    }


def intervals(now: datetime) -> list[tuple[str, str, datetime, datetime]]:
    """Today and this week, by staff's clock; each with the name that it has in the lists."""
    return [(title, name, *interval_of(name, now)) for title, name in (("Today", "today"), ("This week", "week"))]


def shown(title: str, when: str, numbers: Tally) -> dict[str, Any]:
    """The numbers of an interval, each with the list that it counts."""
    reservations, appointments = (
        reverse(f"admin:reservation_{noun}_changelist") for noun in ("reservation", "appointment")
    )
    return {
        "title": title,
        "numbers": [
            {"title": name, "number": number, "list": f"{page}?{urlencode({'when': when, 'state': state})}"}
            for name, number, page, state in (
                ("Booked", numbers.booked, reservations, "booked"),
                ("Held", numbers.held, reservations, "held"),
                ("Free", numbers.free, appointments, "free"),
                ("Cancelled", numbers.cancelled, reservations, "cancelled"),
                ("No-shows", numbers.no_shows, reservations, "no-show"),
            )
        ],
    }


def line(reservation: Reservation, now: datetime) -> dict[str, Any]:
    """One reservation, in a list."""
    status = reservation.status_at(now)
    return {
        "reservation": reservation,
        "status": WORDS[status],
        "label": LABELS[status],
        "page": reverse("admin:reservation_reservation_change", args=[reservation.pk]),
    }


def told(concern: Concern, now: datetime) -> dict[str, Any]:
    """A concern in words."""
    title, advice = TOLD[concern.kind]
    return {
        "title": title,
        "advice": advice,
        "number": f"{concern.number}+" if concern.is_more else str(concern.number),
        "first": [line(reservation, now) for reservation in concern.first],
    }
