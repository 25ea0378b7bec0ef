"""The sessions of an account. Their table has no column for it, so it is read from each session's data."""

import json
from collections.abc import Iterator

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from reservation.models import User


def sessions_of(user: User) -> Iterator[Session]:
    """The sessions in which the account has logged in, or that contain its address. Reads all sessions once."""
    for session in Session.objects.order_by("pk").iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk) or f'"{user.email}"' in json.dumps(data, ensure_ascii=False).lower():
            yield session
