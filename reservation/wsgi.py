"""What gunicorn serves."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.production")


def read_request(environ: dict[str, Any]) -> WSGIRequest:
    """The request, also when its Content-Type names a charset that there is not.

    Django looks that up, and reads the query string with it, before any middleware could answer what goes wrong.
    """
    try:
        return WSGIRequest(environ)
    except Exception:
        return WSGIRequest({**environ, "CONTENT_TYPE": "application/octet-stream"})


application = get_wsgi_application()
application.request_class = read_request  # type: ignore[assignment]
