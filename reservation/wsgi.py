"""The WSGI application that gunicorn serves."""

import math
import os
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.validators import validate_email
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.production")


def build_request(environ: dict[str, Any]) -> WSGIRequest:
    """The request, also when its Content-Type names an unknown charset.

    Django looks the charset up, and decodes the query string with it, before any middleware could handle the error.
    """
    try:
        return WSGIRequest(environ)
    except Exception:
        return WSGIRequest({**environ, "CONTENT_TYPE": "application/octet-stream"})


def set_database_timeouts(seconds: int) -> None:
    """Set the timeouts of connections to MySQL, so that a server that hangs does not block threads.

    Here and not in the settings, since a migration or another command may run longer.
    """
    if connection.vendor == "mysql":
        options = connection.settings_dict["OPTIONS"]  # all threads share them
        connection.settings_dict["OPTIONS"] = {"read_timeout": seconds, "write_timeout": seconds, **options}


def load_lazily_loaded() -> None:
    """Load once, before gunicorn forks, what the first request of each worker would: the URLs, and a slow pattern."""
    get_resolver().url_patterns  # noqa: B018  # imports all views
    validate_email("someone@example.com")  # compiles its pattern, which takes 40 ms


application = get_wsgi_application()
load_lazily_loaded()
# A second after the deadline: by then, a server that still responds has stopped the statement itself.
set_database_timeouts(math.ceil(settings.GRAPHQL_DEADLINE_SECONDS) + 1)
application.request_class = build_request  # type: ignore[assignment]
