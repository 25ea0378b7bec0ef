"""The paths of the calendar, and the permissions that each requires."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_POST, require_safe

from staff.calendar.client import add_client, search_clients
from staff.calendar.command import do_action, reserve_for_client
from staff.calendar.page import show_page
from staff.calendar.panel import show_appointment, show_move, show_reservation
from staff.calendar.permissions import ADD_CLIENT, ADD_RESERVATION, CHANGE_RESERVATION, VIEW_CALENDAR, VIEW_CLIENT
from staff.calendar.read import find_providers_by_name, list_possible_moves, read_grid
from staff.ids import IdConverter
from staff.request_user import user_of

register_converter(IdConverter, "id")

CalendarView = Callable[..., HttpResponse]

ROUTES: tuple[tuple[str, str, Callable[[CalendarView], CalendarView], CalendarView, str | None], ...] = (
    ("calendar/", "calendar", require_safe, show_page, None),
    ("calendar/grid/", "calendar_grid", require_safe, read_grid, None),
    ("calendar/providers/", "calendar_providers", require_safe, find_providers_by_name, None),
    ("calendar/clients/", "calendar_clients", require_POST, search_clients, VIEW_CLIENT),
    ("calendar/clients/add/", "calendar_add_client", require_POST, add_client, ADD_CLIENT),
    ("calendar/reserve/", "calendar_reserve", require_POST, reserve_for_client, ADD_RESERVATION),
    ("calendar/appointments/<id:pk>/", "calendar_appointment", require_safe, show_appointment, None),
    ("calendar/reservations/<id:pk>/", "calendar_reservation", require_safe, show_reservation, None),
    ("calendar/reservations/<id:pk>/move/", "calendar_move", require_safe, show_move, CHANGE_RESERVATION),
    ("calendar/reservations/<id:pk>/times/", "calendar_times", require_safe, list_possible_moves, CHANGE_RESERVATION),
    ("calendar/reservations/<id:pk>/<slug:name>/", "calendar_command", require_POST, do_action, CHANGE_RESERVATION),
)
"""Path, name, decorator for the HTTP method, view, and the permission that it requires besides VIEW_CALENDAR."""


def calendar_urls(site: AdminSite) -> list[URLPattern]:
    """Returns the URL patterns. The views are for staff only, never cached, and protected by CSRF tokens."""
    return [
        path(route, site.admin_view(require_method(require_permission(view, permission))), name=name)
        for route, name, require_method, view, permission in ROUTES
    ]


def require_permission(view: CalendarView, permission: str | None) -> CalendarView:
    permissions = VIEW_CALENDAR if permission is None else (*VIEW_CALENDAR, permission)

    @wraps(view)
    def checked_view(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not user_of(request).has_perms(permissions):
            raise PermissionDenied
        return view(request, **arguments)

    return checked_view
