"""How the API says no, and the one place where an exception becomes an answer."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import InterfaceError, OperationalError
from graphql import GraphQLError

from api.execution import DeadlineExceeded
from api.http.codes import Code, status_of
from reservation.domain.errors import DomainError
from reservation.domain.transaction import Conflict

logger = logging.getLogger(__name__)

LOST = {2002, 2003, 2006, 2013}
"""What MySQL's client says when there is no server, or none any more."""

STACK_SECONDS = 1.0
"""How often the stack of that is written, since every request has the same while the database is away."""


class RequestError(Exception):
    """The request is refused before anything is executed.

    errors: what the client is told, each with its code.
    status: the HTTP status; that of the first error's code unless said otherwise.
    headers: what else the answer says.
    is_well_formed: whether it is a GraphQL request at all. Those that are get 200 in `application/json`, whatever
        the error, since a client may take another status of that media type for a broken connection.
    """

    def __init__(
        self,
        *errors: GraphQLError,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        is_well_formed: bool = True,
    ) -> None:
        assert errors
        super().__init__(*errors)
        self.errors = errors
        self.status = status or status_of((errors[0].extensions or {})["code"])
        self.headers = headers or {}
        self.is_well_formed = is_well_formed


def malformed(message: str, *, status: int = 400, code: Code = Code.BAD_REQUEST, **headers: str) -> RequestError:
    """The refusal of what is no GraphQL request over HTTP."""
    error = coded(GraphQLError(message), code)
    return RequestError(error, status=status, headers=headers, is_well_formed=False)


class BadUserInput(GraphQLError):
    """An argument is wrong; nothing was done."""

    def __init__(self, message: str, *, code: Code = Code.BAD_USER_INPUT) -> None:
        super().__init__(message, extensions={"code": code.value})


def coded(error: GraphQLError, code: Code, **extensions: Any) -> GraphQLError:
    """The error with this code, unless it has one."""
    error.extensions = {"code": code.value, **extensions, **(error.extensions or {})}
    return error


def answer(error: GraphQLError, *, request_id: str, is_late: bool = False) -> dict[str, Any]:
    """What a client is told of an error. One that nobody foresaw is logged, and told by its request's id only.

    is_late: whether the deadline has passed, so that it is what made a statement fail.
    """
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        # Without a path it was not a resolver that failed: the variables did not fit.
        coded(error, Code.BAD_USER_INPUT)
    elif isinstance(cause, DomainError):
        code = Code.BAD_USER_INPUT.value if cause.code == "INVALID_INPUT" else cause.code
        error.extensions = {"code": code}
    elif isinstance(cause, DeadlineExceeded) or (is_late and isinstance(cause, OperationalError)):
        logger.warning("%s in request %s", Code.TIMEOUT, request_id, exc_info=cause)
        late = DeadlineExceeded()
        error = GraphQLError(str(late), error.nodes, path=error.path, extensions={"code": Code.TIMEOUT.value})
    else:
        is_outage = isinstance(cause, OperationalError | InterfaceError | Conflict)
        code = Code.SERVICE_UNAVAILABLE if is_outage else Code.INTERNAL_SERVER_ERROR
        stack = cause if not is_lost(cause) or outage_stacks.is_due() else None
        logger.error("%s in request %s", code, request_id, exc_info=stack)
        error = GraphQLError(
            "The service is not available right now." if is_outage else "Something went wrong on our side.",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": code.value, "requestId": request_id},
        )
    return dict(error.formatted)


def is_lost(cause: BaseException) -> bool:
    """Whether it is the connection to the database that failed."""
    return isinstance(cause, OperationalError) and bool(cause.args) and cause.args[0] in LOST


class Throttle:
    """Tells once in so many seconds that it is time; a little more often when threads ask at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.due_at = 0.0

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self.due_at:
            return False
        self.due_at = now + self.seconds
        return True


outage_stacks = Throttle(STACK_SECONDS)
