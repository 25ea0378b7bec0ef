"""The paths of the calendar, and the permissions that each requires."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from staff.calendar.client import add_client, search_clients
from staff.calendar.command import perform_action, reserve_for_client
from staff.calendar.page import show_page
from staff.calendar.panel import show_appointment, show_move, show_reservation
from staff.calendar.permissions import ADD_CLIENT, ADD_RESERVATION, CHANGE_RESERVATION, VIEW_CALENDAR, VIEW_CLIENT
from staff.calendar.read import find_providers_by_name, list_openings, read_grid

CalendarView = Callable[..., HttpResponse]

ROUTES: tuple[tuple[str, str, Callable[[CalendarView], CalendarView], CalendarView, tuple[str, ...]], ...] = (
    ("calendar/", "calendar", require_safe, show_page, VIEW_CALENDAR),
    ("calendar/grid/", "calendar_grid", require_safe, read_grid, VIEW_CALENDAR),
    ("calendar/providers/", "calendar_providers", require_safe, find_providers_by_name, VIEW_CALENDAR),
    ("calendar/clients/", "calendar_clients", require_POST, search_clients, (*VIEW_CALENDAR, VIEW_CLIENT)),
    ("calendar/clients/add/", "calendar_add_client", require_POST, add_client, (*VIEW_CALENDAR, ADD_CLIENT)),
    ("calendar/reserve/", "calendar_reserve", require_POST, reserve_for_client, (*VIEW_CALENDAR, ADD_RESERVATION)),
    ("calendar/appointments/<int:pk>/", "calendar_appointment", require_safe, show_appointment, VIEW_CALENDAR),
    ("calendar/reservations/<int:pk>/", "calendar_reservation", require_safe, show_reservation, VIEW_CALENDAR),
    (
        "calendar/reservations/<int:pk>/move/",
        "calendar_move",
        require_safe,
        show_move,
        (*VIEW_CALENDAR, CHANGE_RESERVATION),
    ),
    (
        "calendar/reservations/<int:pk>/openings/",
        "calendar_openings",
        require_safe,
        list_openings,
        (*VIEW_CALENDAR, CHANGE_RESERVATION),
    ),
    (
        "calendar/reservations/<int:pk>/<slug:name>/",
        "calendar_command",
        require_POST,
        perform_action,
        (*VIEW_CALENDAR, CHANGE_RESERVATION),
    ),
)
"""Path, name, decorator for the HTTP method, view, and the permissions, all of which it requires."""


def calendar_urls(site: AdminSite) -> list[URLPattern]:
    """URL patterns for staff only: never cached, and no command without a CSRF token."""
    return [
        path(route, site.admin_view(require_method(require_permissions(view, permissions))), name=name)
        for route, name, require_method, view, permissions in ROUTES
    ]


def require_permissions(view: CalendarView, permissions: tuple[str, ...]) -> CalendarView:
    @wraps(view)
    def checked_view(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not request.user.has_perms(permissions):
            raise PermissionDenied
        return view(request, **arguments)

    return checked_view
