"""Prints access tokens as JSON: one for each account whose id is on stdin, in the session whose key is the argument.

It runs in the checkout whose servers have to accept them, since another one may derive its keys differently.
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
