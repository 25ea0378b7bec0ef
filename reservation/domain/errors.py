"""The domain's errors: the stable code and the message of each."""

from datetime import timedelta
from typing import ClassVar


class DomainError(Exception):
    """An error that the caller can act on. The command that raises it has changed nothing.

    code: the stable name that an API returns.
    message: a sentence for people.
    field: the name of the argument that caused it; None when no single one did.
    """

    code: ClassVar[str]

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def in_hours(duration: timedelta) -> str:
    """The duration as text for people."""
    return f"{duration / timedelta(hours=1):g} hours"


# --- Any command ---------------------------------------------------------------------------------------------------


class InvalidInput(DomainError):
    """An argument is invalid, whatever the state of the data."""

    code = "INVALID_INPUT"


class NotFound(DomainError):
    """There is no object with this id that the caller may see."""

    code = "NOT_FOUND"

    def __init__(self, noun: str, *, field: str | None = None) -> None:
        super().__init__(f"There is no {noun} with this id.", field=field)


class Forbidden(DomainError):
    """The caller has logged in, and may not do this."""

    code = "FORBIDDEN"


class Unauthenticated(DomainError):
    """The caller has not logged in."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("Log in first.")


class IdempotencyKeyReused(DomainError):
    """The idempotency key was used with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__("This key was used with another input.", field="idempotency_key")


class ResultNotFound(NotFound):
    """The idempotency key was used, and there is no result that the caller may see any more."""

    def __init__(self) -> None:
        super().__init__("result", field="idempotency_key")
        self.message = "This key was used. The change was made, but its result is gone, or you may no longer see it."


# --- Claiming time -------------------------------------------------------------------------------------------------


class AppointmentTaken(DomainError):
    """Another reservation has the appointment, or it is no longer offered."""

    code = "APPOINTMENT_TAKEN"

    def __init__(self) -> None:
        super().__init__("This time is no longer available.", field="appointment_id")


class TooSoon(DomainError):
    """The appointment starts before the lead time is over."""

    code = "TOO_SOON"

    def __init__(self, lead_time: timedelta) -> None:
        super().__init__(f"Reserve at least {in_hours(lead_time)} ahead.", field="appointment_id")


class TooFarAhead(InvalidInput):
    """The time ends after the offer horizon. Its code is that of any invalid argument, since a client corrects it."""

    def __init__(self, horizon: timedelta) -> None:
        super().__init__(f"Time can be offered at most {horizon.days} days ahead.", field="ends_at")


class TooManyHolds(DomainError):
    """The client has as many unconfirmed reservations as it may."""

    code = "TOO_MANY_HOLDS"

    def __init__(self, most: int) -> None:
        super().__init__(f"Confirm or cancel one first: {most} unconfirmed reservations are the most.")


class ClientBusy(DomainError):
    """The client has another reservation at this time."""

    code = "CLIENT_BUSY"

    def __init__(self) -> None:
        super().__init__("The client has another reservation at this time.", field="appointment_id")


# --- Changing a reservation ----------------------------------------------------------------------------------------


class HoldExpired(DomainError):
    """The hold lapsed before it was confirmed; another reservation may have its time by now."""

    code = "HOLD_EXPIRED"

    def __init__(self) -> None:
        super().__init__("The hold has lapsed. Reserve again.", field="reservation_id")


class InvalidTransition(DomainError):
    """The reservation's state does not allow this."""

    code = "INVALID_TRANSITION"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="reservation_id")


class TooLateToCancel(DomainError):
    """The reservation has begun, or begins too soon for the client to cancel it.

    notice: how long before its start it could have been cancelled; None when it has begun.
    """

    code = "TOO_LATE_TO_CANCEL"

    def __init__(self, notice: timedelta | None = None) -> None:
        until = None if notice is None else f"A booking can be given up until {in_hours(notice)} before it."
        super().__init__(until or "It has begun.", field="reservation_id")


# --- Accounts ------------------------------------------------------------------------------------------------------


class EmailTaken(DomainError):
    """There is an account with this address."""

    code = "EMAIL_TAKEN"

    def __init__(self) -> None:
        super().__init__("There is an account with this address already.", field="email")


class MoreThanAClient(Forbidden):
    """The account is a provider's or staff's too, so that erasing it would delete more than a client."""

    def __init__(self) -> None:
        super().__init__("This account is a provider's or staff's too.", field="client_id")
