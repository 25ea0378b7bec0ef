"""The sessions of an account. Their table has no column for it, so it is read from each session's data."""

import json
from collections.abc import Iterator

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from reservation.models import User

PREVIEW_PREFIX = "import-"
"""The beginning of the key of a session that stores a file which staff has previewed, and may import. Django's own keys
have no hyphen."""


def sessions_of(user: User) -> Iterator[Session]:
    """The sessions in which the account has logged in, or that contain its address. Reads all sessions once."""
    addresses = {f'"{email.lower()}"' for email in (user.email, user.email_as_typed)}
    for session in Session.objects.exclude(pk__startswith=PREVIEW_PREFIX).order_by("pk").iterator():
        data = session.get_decoded()
        text = json.dumps(data, ensure_ascii=False).lower()
        if data.get(SESSION_KEY) == str(user.pk) or any(address in text for address in addresses):
            yield session


def delete_previews(*, of: str = PREVIEW_PREFIX) -> None:
    """Delete the files that were previewed and not imported, whose keys begin like this: they hold personal data."""
    # Read first: a DELETE by the beginning of the key would wait for sessions that are being saved.
    Session.objects.filter(pk__in=list(Session.objects.filter(pk__startswith=of).values_list("pk", flat=True))).delete()
