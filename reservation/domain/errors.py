"""How the domain says no. Errors that belong to one function stand beside it and inherit from `DomainError`."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal that the caller can act on. Whatever raises it has changed nothing.

    code: the stable name that an API answers.
    message: a sentence for people.
    field: the name of the argument that it is about; None when it is about no single one.
    """

    code: ClassVar[str]

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(DomainError):
    """An argument can never be right, whatever the state of things."""

    code = "INVALID_INPUT"


class NotFound(DomainError):
    """There is nothing with that id, or nothing that the caller may know of."""

    code = "NOT_FOUND"

    def __init__(self, noun: str, *, field: str | None = None) -> None:
        super().__init__(f"There is no {noun} with this id.", field=field)


class Forbidden(DomainError):
    """The caller is known, and may not do this."""

    code = "FORBIDDEN"


class Unauthenticated(DomainError):
    """Nobody is asking: the call needs somebody who has logged in."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("Log in first.")
