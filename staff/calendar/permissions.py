"""Django's permissions that the calendar requires."""

from django.http import HttpRequest

from staff.request_user import user_of

VIEW_CALENDAR = ("reservation.view_appointment", "reservation.view_reservation")
CHANGE_RESERVATION = "reservation.change_reservation"
ADD_RESERVATION = "reservation.add_reservation"
VIEW_CLIENT = "reservation.view_client"
ADD_CLIENT = "reservation.add_client"


def may_work(request: HttpRequest) -> bool:
    """Returns whether the user may perform actions on reservations, whose fields nobody edits directly."""
    return user_of(request).has_perm(CHANGE_RESERVATION)


def may_search(request: HttpRequest) -> bool:
    """Returns whether the user may search for clients, and see their email addresses and telephone numbers."""
    return user_of(request).has_perm(VIEW_CLIENT)


def may_add_client(request: HttpRequest) -> bool:
    return user_of(request).has_perm(ADD_CLIENT)


def may_reserve(request: HttpRequest) -> bool:
    """Returns whether the user may reserve. That takes a client, so the user must be able to find or to add one."""
    return user_of(request).has_perm(ADD_RESERVATION) and (may_search(request) or may_add_client(request))
