"""The sessions of Django in the database, with an absolute end, however often they are used, and no secret in clear."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY as PENDING_SECRET
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.second_factor_adapter import SecondFactorAdapter

BEGAN_AT = "began_at"
"""The item of a session that stores when its account logged in, in seconds since 1970."""


class SessionStore(DatabaseSessionStore):
    """A session ends two weeks after its last change, and SESSION_MAX_DAYS after the log-in.

    The name stays as it is: Django signs the data of sessions with it.
    """

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Returns the row. A session of an earlier version, which does not say when it began, begins now."""
        if SESSION_KEY in data:
            data.setdefault(BEGAN_AT, int(time.time()))
        return super().create_model_instance(data)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Returns the data as it is stored, with the secret of a second factor that is being set up encrypted."""
        if PENDING_SECRET in session_dict:
            secret = SecondFactorAdapter().encrypt(session_dict[PENDING_SECRET])
            session_dict = session_dict | {PENDING_SECRET: secret}
        return super().encode(session_dict)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Returns the data; without a secret whose key is gone, so that the set-up begins anew."""
        data: dict[str, Any] = super().decode(session_data)
        if PENDING_SECRET in data:
            stored = data.pop(PENDING_SECRET)
            with suppress(ImproperlyConfigured):
                data[PENDING_SECRET] = SecondFactorAdapter().decrypt(stored)
        return data

    def get_expiry_date(self, **options: Any) -> datetime:
        """Returns when the session ends unless it is used again, and not after its absolute end."""
        expires_at: datetime = super().get_expiry_date(**options)
        return min(expires_at, end_of(self) or expires_at)

    def get_expiry_age(self, **options: Any) -> int:
        """Returns the same as get_expiry_date, in seconds from now: the max-age of the cookie."""
        age = super().get_expiry_age(**options)
        ends_at = end_of(self)
        return age if ends_at is None else min(age, max(0, int((ends_at - timezone.now()).total_seconds())))


def end_of(session: SessionBase) -> datetime | None:
    """Returns the absolute end of a session; None before a log-in."""
    began_at = session.get(BEGAN_AT)
    if began_at is None:
        return None
    return datetime.fromtimestamp(began_at, UTC) + timedelta(days=settings.SESSION_MAX_DAYS)


@receiver(user_logged_in)
def begin(request: HttpRequest, **_: Any) -> None:
    """Records the log-in, also in a session that had begun before it."""
    request.session[BEGAN_AT] = int(time.time())
