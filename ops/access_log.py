"""gunicorn's access log: one line for each request, with its observation and nothing that the client wrote."""

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from ops.observation import ENVIRON, OTHER, Observation

LOGGED_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

MESSAGES_WITH_CLIENT_DATA = ("Invalid request", "Error handling request")
"""The beginnings of messages of gunicorn in which the client's address and the request line follow."""


class AccessLogger(Logger):
    """Writes JSON objects without addresses, paths and query strings: the path is logged as the name of its route."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().warning(*without_client_data(msg, args), **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().exception(*without_client_data(msg, args), **kwargs)

    def access(self, resp: Any, req: Any, environ: MutableMapping[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled:
            return
        observation = environ.get(ENVIRON) or Observation(request_id="-")
        self.access_log.info(
            {
                "method": method if (method := environ["REQUEST_METHOD"]) in LOGGED_METHODS else OTHER,
                "route": observation.route,
                "operation": observation.operation,
                "status": int(str(resp.status).split(maxsplit=1)[0]),
                "bytes": resp.sent,
                "seconds": round(request_time.total_seconds(), 6),
                "statements": observation.statements,
                "database_seconds": round(observation.database_seconds, 6),
                "codes": observation.codes,
            },
            extra={"request_id": observation.request_id},
        )


def without_client_data(message: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Returns the message and its arguments without what the client sent."""
    for beginning in MESSAGES_WITH_CLIENT_DATA:
        if message.startswith(beginning):
            return (f"{beginning}.",)
    return message, *arguments
