"""What may stand in a log: where something failed and how, and never whose data it failed on."""

import logging
import traceback
from types import TracebackType
from typing import Any

from django.db import DatabaseError

Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ImpersonalFormatter(logging.Formatter):
    """Writes of an error its type and its stack. What it says is left out: that may be a value that somebody sent,
    as in "Duplicate entry 'ada@example.com' for key 'email'"."""

    def __init__(self, **options: Any) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", **options)

    def formatException(self, ei: Error) -> str:  # noqa: N802
        return "\nwhich came of\n".join(describe(error) for error in chain(ei[1]))


def chain(error: BaseException | None) -> list[BaseException]:
    """The error, what it came of, what that came of, and so on."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def describe(error: BaseException) -> str:
    """The stack, from the outside in, and the type; for a database's error the number that the database gave it."""
    stack = "".join(traceback.format_tb(error.__traceback__))
    is_numbered = isinstance(error, DatabaseError) and bool(error.args) and isinstance(error.args[0], int)
    number = f" {error.args[0]}" if is_numbered else ""
    return f"{stack}{type(error).__module__}.{type(error).__qualname__}{number}"
