"""The sessions of people who have logged in. One is in no column: it is read out of each session's data."""

import json
from collections.abc import Iterator

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from reservation.models import User


def sessions_of(user: User) -> Iterator[Session]:
    """Those in which the account has logged in, or that hold its address. Reads all sessions once."""
    for session in Session.objects.order_by("pk").iterator():
        kept = session.get_decoded()
        if kept.get(SESSION_KEY) == str(user.pk) or f'"{user.email}"' in json.dumps(kept, ensure_ascii=False).lower():
            yield session
