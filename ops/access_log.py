"""gunicorn's access log: a line a request, with what was learned of it, and nothing that its sender wrote."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from ops.observation import ENVIRON, Observation


class AccessLogger(Logger):
    """Writes JSON objects. Addresses, paths and queries stay out: what is known of a path is the name of its route."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled:
            return
        observation = environ.get(ENVIRON) or Observation(request_id="-")
        self.access_log.info(
            {
                "method": environ["REQUEST_METHOD"],
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
