"""What staff has to be allowed for the calendar, in Django's own permissions."""

from django.http import HttpRequest

LOOK = ("reservation.view_appointment", "reservation.view_reservation")
WORK = "reservation.change_reservation"
RESERVE = "reservation.add_reservation"
SEARCH = "reservation.view_client"
ADD_CLIENT = "reservation.add_client"


def may_work(request: HttpRequest) -> bool:
    """Whether reservations may be changed: no field of theirs is edited, commands are given."""
    return request.user.has_perm(WORK)


def may_search(request: HttpRequest) -> bool:
    """Whether clients may be looked for, and their addresses and numbers be seen."""
    return request.user.has_perm(SEARCH)


def may_add_client(request: HttpRequest) -> bool:
    return request.user.has_perm(ADD_CLIENT)


def may_reserve(request: HttpRequest) -> bool:
    """Reserving takes a client: one that is found, or a new one."""
    return request.user.has_perm(RESERVE) and (may_search(request) or may_add_client(request))
