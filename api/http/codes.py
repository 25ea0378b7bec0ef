"""Every code in `extensions.code`, and what it means to a client. The table in docs/api.md is made from this."""

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
    """What a code tells.

    status: the HTTP status of `application/graphql-response+json` when nothing was executed, under the profile `audit`.
    draft_status: the same under the profile `draft`, where it differs.
    retry: whether the same request may succeed later.
    advice: what happened, and what to do.
    """

    status: int
    retry: str
    advice: str
    draft_status: int | None = None


NO, LATER = "no", "later"

MEANINGS: dict[Code, Meaning] = {
    Code.GRAPHQL_PARSE_FAILED: Meaning(400, NO, "The document is no GraphQL. Mend its syntax."),
    Code.GRAPHQL_VALIDATION_FAILED: Meaning(400, NO, "The document does not fit the schema. Mend it.", 422),
    Code.BAD_USER_INPUT: Meaning(400, NO, "A variable or an argument is wrong. The message says which.", 422),
    Code.BAD_REQUEST: Meaning(
        400, NO, "This is no GraphQL request over HTTP: method (405), media type (406, 415), length (411) or form."
    ),
    Code.OPERATION_RESOLUTION_FAILURE: Meaning(
        400, NO, "The document has no such operation, or several. Send one of their names as operationName.", 422
    ),
    Code.PERSISTED_QUERY_NOT_FOUND: Meaning(
        404,
        "with the document",
        "Nobody has registered this hash. Send the document and its hash once; where only "
        "trusted documents are served, publish the document first.",
    ),
    Code.PERSISTED_QUERY_NOT_SUPPORTED: Meaning(
        400, "without the hash", "Hashes are not taken here, or not of this version. Send the document itself."
    ),
    Code.INTROSPECTION_DISABLED: Meaning(403, NO, "The schema is shown to staff only. Use schema.graphql."),
    Code.UNAUTHENTICATED: Meaning(
        401, "after log-in", "There is no access token, or it has expired. Log in or refresh."
    ),
    Code.FORBIDDEN: Meaning(403, NO, "You are known, and may not do this."),
    Code.NOT_FOUND: Meaning(404, NO, "There is nothing with this id, or nothing that you may know of."),
    Code.RATE_LIMITED: Meaning(429, LATER, "Too many requests. Wait for `extensions.retryAfter` seconds."),
    Code.QUERY_TOO_COMPLEX: Meaning(
        400,
        NO,
        "The document asks for too much; `extensions.limit` says of what. Ask for smaller pages or for less.",
        422,
    ),
    Code.QUERY_TOO_DEEP: Meaning(400, NO, "The document is nested too deeply. Ask in several requests.", 422),
    Code.PAYLOAD_TOO_LARGE: Meaning(413, NO, "The body or the document is too long. Send less."),
    Code.INVALID_CURSOR: Meaning(
        400, NO, "The cursor is none of ours, or of another ordering. Begin at the first page."
    ),
    Code.TIMEOUT: Meaning(
        504, LATER, "It took too long and was stopped. Ask for less; repeat a mutation with the same idempotencyKey."
    ),
    Code.SERVICE_UNAVAILABLE: Meaning(
        503, LATER, "Something that the service needs is away. Repeat a mutation with the same idempotencyKey."
    ),
    Code.INTERNAL_SERVER_ERROR: Meaning(
        500, LATER, "Something went wrong on our side. Report `extensions.requestId` when it stays."
    ),
}

PARTIAL = 294
"""The draft's status of an answer that has both data and errors."""


def is_draft() -> bool:
    """Whether statuses are those of the newer draft of GraphQL over HTTP rather than those that audits expect."""
    return bool(settings.GRAPHQL_HTTP_STATUS_PROFILE == "draft")


def status_of(code: str) -> int:
    """The HTTP status of a request that was refused with this code."""
    meaning = MEANINGS[Code(code)]
    return (is_draft() and meaning.draft_status) or meaning.status
