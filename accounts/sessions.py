"""Sessions of an account: how many it may have, and what ends them. `AccountsConfig.ready` connects the receiver."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core import context
from allauth.headless.internal.sessionkit import lookup_session
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import receiver

from accounts.attempts import reset_attempts
from reservation.models import User
from reservation.models.user import password_rehashed

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


@receiver(password_rehashed)
def keep_sessions_on_new_hash(user: User, former_auth_hash: str, **_: Any) -> None:
    """Writes the new hash into the sessions of the account: the password is the same, so nobody has to log in again."""
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    with transaction.atomic():
        # Locked, so that an exchange of a refresh token and this do not overwrite each other.
        locked = Session.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk")
        for key in list(locked.values_list("pk", flat=True)):
            session = lookup_session(key)
            if session is not None and session.get(HASH_SESSION_KEY) == former_auth_hash:
                session[HASH_SESSION_KEY] = user.get_session_auth_hash()
                session.save()
    current = context.request.session if context.request else {}
    if current.get(HASH_SESSION_KEY) == former_auth_hash:
        current[HASH_SESSION_KEY] = user.get_session_auth_hash()
