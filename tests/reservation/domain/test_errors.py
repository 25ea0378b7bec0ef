"""Error codes are part of the API's contract: none changes, and none has two meanings."""

from reservation.domain.errors import (
    AppointmentTaken,
    ClientBusy,
    DomainError,
    EmailTaken,
    Forbidden,
    HoldExpired,
    IdempotencyKeyReused,
    InvalidInput,
    InvalidTransition,
    NotFound,
    TooLateToCancel,
    TooManyHolds,
    TooSoon,
    Unauthenticated,
)

CODES = {
    AppointmentTaken: "APPOINTMENT_TAKEN",
    ClientBusy: "CLIENT_BUSY",
    EmailTaken: "EMAIL_TAKEN",
    Forbidden: "FORBIDDEN",
    HoldExpired: "HOLD_EXPIRED",
    IdempotencyKeyReused: "IDEMPOTENCY_KEY_REUSED",
    InvalidInput: "INVALID_INPUT",
    InvalidTransition: "INVALID_TRANSITION",
    NotFound: "NOT_FOUND",
    TooLateToCancel: "TOO_LATE_TO_CANCEL",
    TooManyHolds: "TOO_MANY_HOLDS",
    TooSoon: "TOO_SOON",
    Unauthenticated: "UNAUTHENTICATED",
}


def test_every_error_of_the_domain_has_its_documented_code() -> None:
    in_domain = [error for error in DomainError.__subclasses__() if error.__module__.startswith("reservation.domain")]
    assert {error: error.code for error in in_domain} == CODES


def test_an_error_has_a_message_and_a_field() -> None:
    error = NotFound("provider", field="provider_id")
    assert (error.message, str(error), error.field) == (
        "There is no provider with this id.",
        "There is no provider with this id.",
        "provider_id",
    )
