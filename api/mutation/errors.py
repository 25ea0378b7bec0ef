"""User errors: why a mutation changed nothing, in its payload, so that clients can act on it."""

from enum import StrEnum

import graphene
from graphene.utils.str_converters import to_camel_case

from api.types.enums import enum_type
from reservation.domain.errors import DomainError


class ErrorCode(StrEnum):
    """Why a mutation changed nothing."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    APPOINTMENT_TAKEN = "APPOINTMENT_TAKEN"
    TOO_SOON = "TOO_SOON"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    TOO_LATE_TO_CANCEL = "TOO_LATE_TO_CANCEL"
    TOO_MANY_HOLDS = "TOO_MANY_HOLDS"
    CLIENT_BUSY = "CLIENT_BUSY"
    EMAIL_TAKEN = "EMAIL_TAKEN"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"


UserErrorCode = enum_type(
    "UserErrorCode",
    ErrorCode,
    {
        ErrorCode.INVALID_INPUT: "A value of the input is invalid. Correct it.",
        ErrorCode.NOT_FOUND: "There is no object with this id, or the viewer may not see it.",
        ErrorCode.FORBIDDEN: "The viewer may not make this change.",
        ErrorCode.APPOINTMENT_TAKEN: "The time is taken or no longer offered. Choose another appointment.",
        ErrorCode.TOO_SOON: "The appointment starts within the lead time. Choose a later one.",
        ErrorCode.HOLD_EXPIRED: "The hold expired before it was confirmed. Reserve again.",
        ErrorCode.INVALID_TRANSITION: "The reservation's status does not allow this change.",
        ErrorCode.TOO_LATE_TO_CANCEL: "The reservation has started, or starts within the cancellation notice.",
        ErrorCode.TOO_MANY_HOLDS: "The client has as many unconfirmed reservations as allowed. Confirm or cancel one.",
        ErrorCode.CLIENT_BUSY: "The client has another reservation at this time.",
        ErrorCode.EMAIL_TAKEN: "Another account has this email address.",
        ErrorCode.IDEMPOTENCY_KEY_REUSED: "The key was already used with a different input. Use a new key.",
    },
)


class UserError(graphene.ObjectType):
    """An error that the caller can act on."""

    code = UserErrorCode(required=True, description="The stable code of the error.")
    message = graphene.String(required=True, description="A sentence for people.")
    field = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description='The path of the input field that is wrong, e.g. ["startsAt"]; empty when it is no single field.',
    )

    @classmethod
    def of(cls, error: DomainError) -> "UserError":
        path = [to_camel_case(error.field)] if error.field else []
        return cls(code=error.code, message=error.message, field=path)
