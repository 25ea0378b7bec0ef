"""gunicorn's logs: a line a request, with what was learned of it, and nothing that its sender wrote."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from ops.observation import ENVIRON, OTHER, Observation

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

TELLING = ("Invalid request", "Error handling request")
"""How gunicorn begins what it says of a request, before it tells who sent it, and what."""


class AccessLogger(Logger):
    """Writes JSON objects. Addresses, paths and queries stay out: what is known of a path is the name of its route."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().warning(*impersonal(msg, args), **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().exception(*impersonal(msg, args), **kwargs)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled:
            return
        observation = environ.get(ENVIRON) or Observation(request_id="-")
        self.access_log.info(
            {
                "method": method if (method := environ["REQUEST_METHOD"]) in METHODS else OTHER,
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


def impersonal(message: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """What gunicorn says, without what it tells of a request."""
    for beginning in TELLING:
        if message.startswith(beginning):
            return (f"{beginning}.",)
    return message, *arguments
