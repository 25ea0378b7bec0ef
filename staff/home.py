"""The first page of the admin: the numbers of the day and the week, what comes next, and what needs attention."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from reservation.domain.queries.overview import (
    SOON,
    Concern,
    Tally,
    coming_up,
    concerns,
    inactive_providers,
    name_people,
    tally,
)
from reservation.instants import clock, in_zone, short_day
from reservation.models import Reservation
from reservation.status_words import STATUS_WORDS, StatusGroup
from staff.dates import interval_of
from staff.instants import staff_moment
from staff.request_user import user_of
from staff.requests import recent_requests

MAX_COMING_UP = 8

PLURALS = {StatusGroup.NO_SHOW: "No-shows"}
"""The titles of numbers that are not the name of the group."""

CONCERN_TEXTS = {
    # The title of each kind of concern, and what to do about it.
    "lapsing": (
        f"Holds that lapse within {SOON.total_seconds() / 60:.0f} minutes",
        "Confirm them with the client, or let them go.",
    ),
    "in two places": ("Clients with two reservations at once", "No command makes these: run verify_reservations."),
    "inactive provider": ("Reservations with an inactive provider", "Move or cancel them, and tell the client."),
    "not closed": ("Reservations that are over and not closed", "Mark each as completed or as no-show."),
    "not marked as expired": ("Holds that lapsed long ago", "Their time is free. Is expire_reservations still run?"),
}


def home_context(request: HttpRequest) -> dict[str, Any]:
    """Returns the context of the page, without reservations for a user who may not see them."""
    now = timezone.now()
    context: dict[str, Any] = {
        "now": now,
        "moment": staff_moment(now),
        "zone": timezone.get_current_timezone_name(),
    }
    if user_of(request).has_perm("reservation.view_reservation"):
        context |= overview(now)
    return context | {"windows": recent_requests()}


def overview(now: datetime) -> dict[str, Any]:
    """Returns the context about reservations, in a fixed number of statements."""
    inactive = inactive_providers()
    next_ones, found = coming_up(now=now, number=MAX_COMING_UP), concerns(inactive=inactive, now=now)
    name_people([*next_ones, *(reservation for concern in found for reservation in concern.first)])
    return {
        "tallies": [
            describe_tally(
                title, name, tally(starts_from=starts_from, starts_before=starts_before, inactive=inactive, now=now)
            )
            for title, name, starts_from, starts_before in intervals(now)
        ],
        "coming_up": [describe_row(reservation, now) for reservation in next_ones],
        "concerns": [describe_concern(concern, now) for concern in found],
    }


def intervals(now: datetime) -> list[tuple[str, str, datetime, datetime]]:
    """Returns today and this week in the staff's time zone: title, name in the address of a list, start and end."""
    return [(title, name, *interval_of(name, now)) for title, name in (("Today", "today"), ("This week", "week"))]


def describe_tally(title: str, when: str, numbers: Tally) -> dict[str, Any]:
    """Returns the numbers of an interval, each with the address of the list that it counts."""

    def number(title: str, noun: str, state: str, count: int) -> dict[str, Any]:
        page = reverse(f"admin:reservation_{noun}_changelist")
        return {"title": title, "number": count, "list": f"{page}?{urlencode({'when': when, 'state': state})}"}

    shown = [
        number(PLURALS.get(group, group.capitalize()), "reservation", group, count)
        for group, count in numbers.reservations.items()
    ]
    shown.insert(2, number("Free", "appointment", "free", numbers.free))
    return {"title": title, "numbers": shown}


def describe_row(reservation: Reservation, now: datetime) -> dict[str, Any]:
    """Returns a reservation as a row of a list."""
    words, zone = STATUS_WORDS[reservation.status_at(now)], timezone.get_current_timezone()
    return {
        "reservation": reservation,
        "time": clock(reservation.starts_at, zone),
        "day": short_day(in_zone(reservation.starts_at, zone)),
        "status": words.staff,
        "tone": words.tone,
        "page": reverse("admin:reservation_reservation_change", args=[reservation.pk]),
    }


def describe_concern(concern: Concern, now: datetime) -> dict[str, Any]:
    """Returns a concern with its title, its advice and its first reservations."""
    title, advice = CONCERN_TEXTS[concern.kind]
    return {
        "title": title,
        "advice": advice,
        "number": f"{concern.number}+" if concern.is_more else str(concern.number),
        "first": [describe_row(reservation, now) for reservation in concern.first],
    }
