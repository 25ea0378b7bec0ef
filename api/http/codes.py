"""Every code in `extensions.code`, and what it means to a client. The table in docs/api.md is generated from this."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings


class Code(StrEnum):
    """`extensions.code` of an error."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    BAD_REQUEST = "BAD_REQUEST"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    RATE_LIMITED = "RATE_LIMITED"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    INVALID_CURSOR = "INVALID_CURSOR"
    TIMEOUT = "TIMEOUT"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


@dataclass(frozen=True)
class Meaning:
    """What a code means to a client.

    status: the HTTP status of `application/graphql-response+json` when nothing was executed, in the profile `audit`.
    draft_status: the same in the profile `draft`, where it differs.
    retry: whether the same request may succeed later.
    advice: what happened, and what to do.
    """

    status: int
    retry: str
    advice: str
    draft_status: int | None = None


NO, LATER = "no", "later"

MEANINGS: dict[Code, Meaning] = {
    Code.GRAPHQL_PARSE_FAILED: Meaning(400, NO, "The document has a syntax error. Correct it."),
    Code.GRAPHQL_VALIDATION_FAILED: Meaning(400, NO, "The document does not match the schema. Correct it.", 422),
    Code.BAD_USER_INPUT: Meaning(400, NO, "A variable or an argument is invalid. The message says which.", 422),
    Code.BAD_REQUEST: Meaning(
        400,
        NO,
        "The request does not follow GraphQL over HTTP: the method (405), the media type (406, 415), a missing "
        "Content-Length (411), or the parameters.",
    ),
    Code.OPERATION_RESOLUTION_FAILURE: Meaning(
        400,
        NO,
        "The document has no operation with this name, or has several operations. Send the name of one as "
        "`operationName`.",
        422,
    ),
    Code.PERSISTED_QUERY_NOT_FOUND: Meaning(
        404,
        "with the document",
        "No document is registered under this hash. Send the document and its hash once; if only trusted documents "
        "are served, publish the document first.",
    ),
    Code.PERSISTED_QUERY_NOT_SUPPORTED: Meaning(
        400,
        "without the hash",
        "Persisted queries are switched off, or this version of them is not supported. Send the document itself.",
    ),
    Code.INTROSPECTION_DISABLED: Meaning(
        403, NO, "Only staff may introspect the schema. Use the published schema.graphql."
    ),
    Code.UNAUTHENTICATED: Meaning(
        401, "after log-in", "The access token is missing, invalid or expired. Log in, or refresh the token."
    ),
    Code.FORBIDDEN: Meaning(403, NO, "You are logged in, but may not do this."),
    Code.NOT_FOUND: Meaning(404, NO, "There is no object with this id, or you may not see it."),
    Code.RATE_LIMITED: Meaning(429, LATER, "Too many requests. Wait for `extensions.retryAfter` seconds."),
    Code.QUERY_TOO_COMPLEX: Meaning(
        400,
        NO,
        "The document exceeds the limit that `extensions.limit` names. Request smaller pages, or fewer fields.",
        422,
    ),
    Code.QUERY_TOO_DEEP: Meaning(400, NO, "The document is nested too deeply. Split it into several requests.", 422),
    Code.PAYLOAD_TOO_LARGE: Meaning(413, NO, "The body or the document is too large. Send less."),
    Code.INVALID_CURSOR: Meaning(
        400, NO, "The cursor is malformed, or belongs to another ordering. Start again at the first page."
    ),
    Code.TIMEOUT: Meaning(
        504,
        LATER,
        "The execution exceeded its deadline and was stopped. Request less; repeat a mutation with the same "
        "`idempotencyKey`.",
    ),
    Code.SERVICE_UNAVAILABLE: Meaning(
        503,
        LATER,
        "The database is unavailable or overloaded. Try again; repeat a mutation with the same `idempotencyKey`.",
    ),
    Code.INTERNAL_SERVER_ERROR: Meaning(
        500, LATER, "An unexpected error on the server. If it persists, report `extensions.requestId`."
    ),
}

PARTIAL = 294
"""The draft's status of a response with both data and errors."""


def is_draft() -> bool:
    """Whether statuses follow the newer draft of GraphQL over HTTP rather than the `graphql-http` audits."""
    return bool(settings.GRAPHQL_HTTP_STATUS_PROFILE == "draft")


def status_of(code: str) -> int:
    """The HTTP status of a request that is refused with this code."""
    meaning = MEANINGS[Code(code)]
    return (is_draft() and meaning.draft_status) or meaning.status
