"""Every way in which the API says no, and the one place where an exception becomes an answer."""

import logging
from enum import StrEnum
from typing import Any

from django.db import InterfaceError, OperationalError
from graphql import GraphQLError

from reservation.domain.errors import DomainError
from reservation.domain.transaction import Conflict

logger = logging.getLogger(__name__)


class Code(StrEnum):
    """`extensions.code` of an error."""

    BAD_REQUEST = "BAD_REQUEST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    FORBIDDEN = "FORBIDDEN"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    INVALID_CURSOR = "INVALID_CURSOR"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    UNAUTHENTICATED = "UNAUTHENTICATED"


class BadUserInput(GraphQLError):
    """An argument is wrong; nothing was done."""

    def __init__(self, message: str, *, code: Code = Code.BAD_USER_INPUT) -> None:
        super().__init__(message, extensions={"code": code.value})


def coded(error: GraphQLError, code: Code) -> GraphQLError:
    """The error with this code, unless it has one."""
    error.extensions = {"code": code.value, **(error.extensions or {})}
    return error


def answer(error: GraphQLError, *, request_id: str) -> dict[str, Any]:
    """What a client is told of an error. One that nobody foresaw is logged, and told by its request's id only."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        # Without a path it was not a resolver that failed: the variables did not fit.
        coded(error, Code.BAD_USER_INPUT)
    elif isinstance(cause, DomainError):
        code = Code.BAD_USER_INPUT.value if cause.code == "INVALID_INPUT" else cause.code
        error.extensions = {"code": code}
    else:
        is_outage = isinstance(cause, OperationalError | InterfaceError | Conflict)
        code = Code.SERVICE_UNAVAILABLE if is_outage else Code.INTERNAL_SERVER_ERROR
        logger.error("%s in request %s", code, request_id, exc_info=cause)
        error = GraphQLError(
            "The service is not available right now." if is_outage else "Something went wrong on our side.",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": code.value, "requestId": request_id},
        )
    return dict(error.formatted)
