"""Prints access tokens, as a list in JSON, of the accounts whose ids it reads in the session with the key it is given.

It runs in the checkout whose servers have to accept them: keys may be derived otherwise in another one.
"""

import json
import sys
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings
from django.utils.module_loading import import_string


def main(session_key: str) -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.backends.db import SessionStore

    strategy = import_string(settings.HEADLESS_TOKEN_STRATEGY)()
    users = get_user_model().objects.in_bulk(json.load(sys.stdin))
    requests: list[Any] = [SimpleNamespace(user=user, session=SessionStore(session_key)) for user in users.values()]
    json.dump([strategy.create_access_token_payload(request)["access_token"] for request in requests], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
