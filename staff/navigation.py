"""The links of the sidebar and of the account menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from staff.request_user import user_of

AHEAD = "?when=ahead"
"""The lists of times open from today on."""

SIDEBAR_LINKS: tuple[tuple[str, str, str, str | None], ...] = (
    # Title, icon, name of the URL, and the permission to see the link.
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
ACCOUNT_LINKS = (
    ("Your sessions", "sessions"),
    ("Change password", "password_change"),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Returns the links that this member of staff may see."""
    links = [
        {"title": title, "icon": icon, "link": url_for(name)}
        for title, icon, name, permission in SIDEBAR_LINKS
        if permission is None or may_see(request, permission)
    ]
    return [{"title": "", "items": links}]


def url_for(name: str) -> str:
    """Returns the path of the URL with this name, and its query string."""
    name, mark, parameters = name.partition("?")
    return reverse(f"admin:{name}") + mark + parameters


def may_see(request: HttpRequest, permission: str) -> bool:
    """Returns whether the user has this permission to view, or the one to change, which includes it, as in Django."""
    return user_of(request).has_perm(permission) or user_of(request).has_perm(permission.replace(".view_", ".change_"))


def account_links(_: HttpRequest) -> list[dict[str, str]]:
    """Returns the links of the account menu."""
    return [{"title": title, "link": reverse(f"admin:{name}")} for title, name in ACCOUNT_LINKS]
