"""The domain's errors. Those of one function are defined beside it, and inherit from `DomainError`."""

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
