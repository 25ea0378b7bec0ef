"""Where staff goes, in the order in which it works. One line a place."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

AHEAD = "?when=ahead"
"""Where a list of times begins, for who comes from the sidebar."""

PLACES: tuple[tuple[str, str, str, str | None], ...] = (
    # What it is called, its icon, its URL's name, and the permission without which it is not shown.
    ("Home", "home", "index", None),
    ("Calendar", "calendar_month", "calendar", "reservation.view_appointment"),
    ("Reservations", "event_available", f"reservation_reservation_changelist{AHEAD}", "reservation.view_reservation"),
    ("Appointments", "schedule", f"reservation_appointment_changelist{AHEAD}", "reservation.view_appointment"),
    ("Clients", "group", "reservation_client_changelist", "reservation.view_client"),
    ("Providers", "badge", "reservation_provider_changelist", "reservation.view_provider"),
    ("Services", "category", "reservation_service_changelist", "reservation.view_service"),
    ("Users", "manage_accounts", "reservation_user_changelist", "reservation.view_user"),
    ("Groups", "shield_person", "auth_group_changelist", "auth.view_group"),
)
OWN_PLACES = (
    ("Your sessions", "sessions"),
    ("Change password", "password_change"),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The places that this member of staff may see."""
    places = [
        {"title": title, "icon": icon, "link": address_of(name)}
        for title, icon, name, permission in PLACES
        if permission is None or may_see(request, permission)
    ]
    return [{"title": "", "items": places}]


def address_of(name: str) -> str:
    """The path to what has this name, and what follows it."""
    name, mark, parameters = name.partition("?")
    return reverse(f"admin:{name}") + mark + parameters


def may_see(request: HttpRequest, permission: str) -> bool:
    """Whoever may change something may see it, as in the lists."""
    return request.user.has_perm(permission) or request.user.has_perm(permission.replace(".view_", ".change_"))


def account_links(_: HttpRequest) -> list[dict[str, str]]:
    """What belongs to the account itself."""
    return [{"title": title, "link": reverse(f"admin:{name}")} for title, name in OWN_PLACES]
