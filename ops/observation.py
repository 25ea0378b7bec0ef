"""What is observed of a request, for logs, metrics and the X-Request-ID of the response."""

import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

HEADER = "X-Request-ID"
VERSION_HEADER = "X-Version"
ID = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)

ENVIRON = "ops.observation"
"""The key of the observation in the WSGI environment, where the server's access log finds it."""

OTHER = "other"
"""The label of operations and routes without a name, and of values beyond the cardinality limit."""


@dataclass(kw_only=True)
class Observation:
    """One request.

    request_id: its id in every log, including the proxy's.
    route: the name of its URL pattern. operation: the name of the GraphQL operation.
    codes: those of all errors in the response. limits: the names of the limits that it exceeded.
    statements: the number of SQL statements. database_seconds: how long they took together.
    """

    request_id: str = field(default_factory=lambda: uuid4().hex)
    route: str = OTHER
    operation: str | None = None
    codes: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    statements: int = 0
    database_seconds: float = 0.0

    def record_error(self, extensions: dict[str, Any] | None) -> None:
        """Records an error, given its extensions."""
        if extensions and "code" in extensions:
            self.codes.append(extensions["code"])
        if extensions and "limit" in extensions:
            self.limits.append(extensions["limit"])

    def time_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Wraps the statements of Django's database connection."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements += 1
            self.database_seconds += time.perf_counter() - started


current: ContextVar[Observation | None] = ContextVar("observation", default=None)


def observation() -> Observation:
    """Returns the observation of the current request; outside of one, a new one that is not used."""
    return current.get() or Observation()


def id_of(request: HttpRequest) -> str:
    """Returns the id that a trusted proxy has set, or a new one: an id that a client sends is not written to logs."""
    given = request.headers.get(HEADER, "")
    return given if settings.ALLAUTH_TRUSTED_PROXY_COUNT and ID.fullmatch(given) else uuid4().hex
