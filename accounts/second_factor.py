"""The second factor of an account, which is allauth's, and what staff needs one for."""

from types import SimpleNamespace
from typing import cast

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from reservation.models import User


def may_work_as_staff(session: SessionBase | None, *, user_id: int | str) -> bool:
    """Whether this session of a member of staff is good for staff's work, as STAFF_MFA_REQUIRED has it.

    An account that has a second factor is not enough: a session that began with a password alone, a stolen one say,
    stays what it was when the account gets one later.
    """
    if not settings.STAFF_MFA_REQUIRED:
        return True
    return session is not None and has_given_code(session, user_id=user_id)


def has_given_code(session: SessionBase, *, user_id: int | str) -> bool:
    """Whether a code was given in the session of a second factor that this account still has."""
    request = cast(HttpRequest, SimpleNamespace(session=session))
    records = get_authentication_records(request, User(pk=user_id))
    given = {record.get("id") for record in records if record["method"] == "mfa"}
    if not given:
        return False
    factors = dict(Authenticator.objects.filter(user=user_id).values_list("pk", "type"))
    return Authenticator.Type.TOTP in factors.values() and bool(given & factors.keys())


def has_second_factor(*, user_id: int | str) -> bool:
    """Whether logging in asks this account for a code."""
    return Authenticator.objects.filter(user=user_id, type=Authenticator.Type.TOTP).exists()


def reset_second_factor(user: User) -> bool:
    """Take the second factor away, for who has lost it, and end every session. Returns whether there was one."""
    deleted, _ = Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    return bool(deleted)
