"""Sessions of an account: how many it may have, and what ends them. `AccountsConfig.ready` connects the receiver."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.usersessions.models import UserSession
from django.dispatch import receiver

from accounts.attempts import reset_attempts
from reservation.models import User

MAX_SESSIONS = 20
"""The most sessions of an account: a script that logs in for each request would create thousands."""


def end_all_sessions(user: User) -> None:
    """Ends every session of the account, and so invalidates its tokens."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def end_oldest_sessions(user: User) -> None:
    """Makes room for a session that has just begun and is not listed yet.

    Without a maximum each log-in would take longer: allauth checks every session of the account when one begins.
    """
    for session in UserSession.objects.filter(user=user).order_by("-created_at", "-id")[MAX_SESSIONS - 1 :]:
        session.end()


@receiver([password_changed, password_reset, password_set])
def end_sessions_on_new_password(user: User, **_: Any) -> None:
    """Ends every session, and with it its tokens, and resets the failed attempts."""
    end_all_sessions(user)
    reset_attempts(user.email)
