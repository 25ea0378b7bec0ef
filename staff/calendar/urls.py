"""Which path of the calendar leads where, and what one has to be allowed for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from staff.calendar.client import add_client, search_clients
from staff.calendar.command import perform, reserve_for_client
from staff.calendar.page import show_page
from staff.calendar.panel import show_appointment, show_move, show_reservation
from staff.calendar.read import find_providers_by_name, list_openings, read_grid
from staff.calendar.rights import ADD_CLIENT, LOOK, RESERVE, SEARCH, WORK

View = Callable[..., HttpResponse]

ROUTES: tuple[tuple[str, str, Callable[[View], View], View, tuple[str, ...]], ...] = (
    ("calendar/", "calendar", require_safe, show_page, LOOK),
    ("calendar/grid/", "calendar_grid", require_safe, read_grid, LOOK),
    ("calendar/providers/", "calendar_providers", require_safe, find_providers_by_name, LOOK),
    ("calendar/clients/", "calendar_clients", require_POST, search_clients, (*LOOK, SEARCH)),
    ("calendar/clients/add/", "calendar_add_client", require_POST, add_client, (*LOOK, ADD_CLIENT)),
    ("calendar/reserve/", "calendar_reserve", require_POST, reserve_for_client, (*LOOK, RESERVE)),
    ("calendar/appointments/<int:pk>/", "calendar_appointment", require_safe, show_appointment, LOOK),
    ("calendar/reservations/<int:pk>/", "calendar_reservation", require_safe, show_reservation, LOOK),
    ("calendar/reservations/<int:pk>/move/", "calendar_move", require_safe, show_move, (*LOOK, WORK)),
    ("calendar/reservations/<int:pk>/openings/", "calendar_openings", require_safe, list_openings, (*LOOK, WORK)),
    ("calendar/reservations/<int:pk>/<slug:step>/", "calendar_command", require_POST, perform, (*LOOK, WORK)),
)
"""Path, name, by which method, view, and the permissions that it takes, all of them."""


def calendar_urls(site: AdminSite) -> list[URLPattern]:
    """For staff of this site only; never kept by anybody on the way, and no command without a CSRF token."""
    return [
        path(route, site.admin_view(require(for_who_may(view, needs))), name=name)
        for route, name, require, view, needs in ROUTES
    ]


def for_who_may(view: View, needs: tuple[str, ...]) -> View:
    @wraps(view)
    def guard(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not request.user.has_perms(needs):
            raise PermissionDenied
        return view(request, **arguments)

    return guard
