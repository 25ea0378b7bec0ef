"""What gunicorn serves."""

import math
import os
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.production")


def read_request(environ: dict[str, Any]) -> WSGIRequest:
    """The request, also when its Content-Type names a charset that there is not.

    Django looks that up, and reads the query string with it, before any middleware could answer what goes wrong.
    """
    try:
        return WSGIRequest(environ)
    except Exception:
        return WSGIRequest({**environ, "CONTENT_TYPE": "application/octet-stream"})


def wait_for_answers(seconds: int) -> None:
    """Give MySQL up when it has said nothing for so long: a thread that waits for a server that hangs serves nobody.

    Here and not in the settings, since what is not a request, such as a migration, may take its time.
    """
    if connection.vendor == "mysql":
        options = connection.settings_dict["OPTIONS"]  # those of all threads
        connection.settings_dict["OPTIONS"] = {"read_timeout": seconds, "write_timeout": seconds, **options}


application = get_wsgi_application()
# A server that does answer has stopped the statement by then.
wait_for_answers(math.ceil(settings.GRAPHQL_DEADLINE_SECONDS) + 1)
application.request_class = read_request  # type: ignore[assignment]
