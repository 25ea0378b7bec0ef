"""What is learned of a request while it is answered: for logs, metrics, and the answer's X-Request-ID."""

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
ID = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)

ENVIRON = "ops.observation"
"""Where a request's WSGI environment has what was learned of it, for the server's access log."""

OTHER = "other"
"""The operation of what is none, and of whatever nobody told apart."""


@dataclass(kw_only=True)
class Observation:
    """One request.

    request_id: its name in every log, from the proxy's to ours.
    route: the name of the path that it came by; operation: that of what it asked the API for.
    codes: of every error that the client is told. limits: the names of those that refused something.
    statements: how many were sent to the database. database_seconds: how long they took.
    """

    request_id: str = field(default_factory=lambda: uuid4().hex)
    route: str = OTHER
    operation: str | None = None
    codes: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    statements: int = 0
    database_seconds: float = 0.0

    def fail(self, extensions: dict[str, Any] | None) -> None:
        """Note an error, by its extensions."""
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
    """That of the request which is being answered; outside of one, a new one that nobody looks at."""
    return current.get() or Observation()


def id_of(request: HttpRequest) -> str:
    """The id that a proxy of ours has given the request, or a new one: what strangers send is not written to logs."""
    given = request.headers.get(HEADER, "")
    return given if settings.ALLAUTH_TRUSTED_PROXY_COUNT and ID.fullmatch(given) else uuid4().hex
