"""The user of a request by its real type: type checkers without a plugin for Django know the base class only."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from reservation.models import User


def user_of(request: HttpRequest) -> User | AnonymousUser:
    user = request.user
    return user if isinstance(user, User) else AnonymousUser()


def staff_id(request: HttpRequest) -> int:
    """Returns the id of the account that has logged in."""
    pk = user_of(request).pk
    assert pk is not None  # staff has logged in
    return int(pk)
