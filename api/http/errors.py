"""Errors of the API, and the one place where an exception becomes an error in the response."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.text import Truncator
from graphql import GraphQLError

from api.execution import DeadlineExceeded
from api.http.codes import Code, status_of
from reservation.domain.errors import DomainError
from reservation.domain.transaction import Conflict

logger = logging.getLogger(__name__)

LOST_CONNECTION_CODES = {2002, 2003, 2006, 2013}
"""The error codes of MySQL's client for a server that is unreachable or has closed the connection."""

MAX_MESSAGE_LENGTH = 500
"""In characters. A longer message is cut."""

STACK_SECONDS = 1.0
"""The least time between two logged stack traces of a lost connection: during an outage every request has the same."""


class RequestError(Exception):
    """The request is refused before anything is executed.

    errors: the errors of the response, each with its code.
    status: the HTTP status. Default: that of the first error's code.
    headers: further headers of the response.
    is_well_formed: whether it is a GraphQL request at all. A well-formed request gets 200 in `application/json`,
        whatever the error: a client of that media type may take any other status for a broken connection.
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
    """The error for a request that is not a GraphQL request over HTTP."""
    error = coded(GraphQLError(message), code)
    return RequestError(error, status=status, headers=headers, is_well_formed=False)


class BadUserInput(GraphQLError):
    """An argument is invalid."""

    def __init__(self, message: str, *, code: Code = Code.BAD_USER_INPUT) -> None:
        super().__init__(message, extensions={"code": code.value})


def coded(error: GraphQLError, code: Code, **extensions: Any) -> GraphQLError:
    """The same error, with this code and these extensions unless it has them already."""
    error.extensions = {"code": code.value, **extensions, **(error.extensions or {})}
    return error


def format_error(error: GraphQLError, *, request_id: str, is_late: bool = False) -> dict[str, Any]:
    """The error as the response shows it. An unexpected exception is logged, and masked: the response has only the
    request's id.

    is_late: whether the deadline has passed, so that a failed statement counts as a timeout.
    """
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        # No resolver has raised it, so the variables or arguments do not fit.
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
        stack = cause if not is_lost_connection(cause) or outage_stacks.is_due() else None
        logger.error("%s in request %s", code, request_id, exc_info=stack)
        error = GraphQLError(
            "The service is not available right now." if is_outage else "Something went wrong on our side.",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": code.value, "requestId": request_id},
        )
    return shown(error)


def shown(error: GraphQLError) -> dict[str, Any]:
    """The error as JSON. A message repeats names of the document and of the variables, which may be of any length."""
    formatted: dict[str, Any] = dict(error.formatted)
    formatted["message"] = Truncator(error.message).chars(MAX_MESSAGE_LENGTH)
    return formatted


def is_lost_connection(cause: BaseException) -> bool:
    """Whether the connection to the database was lost."""
    return isinstance(cause, OperationalError) and bool(cause.args) and cause.args[0] in LOST_CONNECTION_CODES


class Throttle:
    """Lets something happen once per interval.

    There is no lock: threads that check at the same moment may all be let through.
    """

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
