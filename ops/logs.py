"""Log formats without personal data: they write where and how something failed, and never an exception's message, nor
that of a library, which may quote a value."""

import copy
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.db import DatabaseError
from pythonjsonlogger.orjson import OrjsonFormatter

from ops.observation import current

Error = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

NO_REQUEST = "-"

OWN = ("accounts", "api", "cache", "database", "ops", "reservation", "settings", "staff", "web", "benchmarks")
"""The packages of the product, whose messages are known to hold no personal data."""

KNOWN = ("gunicorn", "django.request", "django.server", "django.utils.autoreload", "django.db.backends")
"""Loggers of libraries of which the same is known: `access_log.py` takes out of gunicorn's what a client sent, requests
are logged by their paths, and SQL for developers only."""


class RequestIdFilter(logging.Filter):
    """Adds to each record the id of the current request."""

    def filter(self, record: logging.LogRecord) -> bool:
        observation = current.get()
        record.request_id = observation.request_id if observation else NO_REQUEST
        return True


class TextFormatter(logging.Formatter):
    """Writes the type and the stack of an exception, but not its message, which may contain a value that a client sent:
    "Duplicate entry 'ada@example.com' for key 'email'"."""

    def __init__(self, **options: Any) -> None:
        line = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
        super().__init__(line, defaults={"request_id": NO_REQUEST}, **options)

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_values(record))

    def formatException(self, ei: Error) -> str:  # noqa: N802
        return describe_chain(ei[1])


class JsonFormatter(OrjsonFormatter):
    """The same, as one JSON object a line. Other attributes of a record, such as the request, are left out, too."""

    def format(self, record: logging.LogRecord) -> str:
        return str(super().format(without_values(record)))

    def formatException(self, ei: Error) -> str:  # noqa: N802
        return describe_chain(ei[1])

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        if record.message:
            log_data["message"] = record.message
        log_data["request_id"] = getattr(record, "request_id", NO_REQUEST)
        if "exc_info" in message_dict:
            log_data["error"] = message_dict.pop("exc_info")
        log_data.update(message_dict)


def without_values(record: logging.LogRecord) -> logging.LogRecord:
    """Returns the record, or a copy that says where its message is from: that of a library, or an exception as message,
    as of `logger.exception(error)`, may quote what a person wrote."""
    is_known = any(record.name == name or record.name.startswith(f"{name}.") for name in (*OWN, *KNOWN))
    if is_known and not isinstance(record.msg, BaseException):
        return record
    record = copy.copy(record)
    record.msg = f"Line {record.lineno} of {record.module}.py; its message is left out, since it may quote a person."
    record.args, record.exc_text = (), None
    return record


def describe_chain(error: BaseException | None) -> str:
    return "\ncaused by\n".join(describe(one) for one in chain(error))


def chain(error: BaseException | None) -> list[BaseException]:
    """Returns the exception, its cause, the cause of that, and so on."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def describe(error: BaseException) -> str:
    """Returns the stack, outermost call first, and the type; for an error of the database its error number, too."""
    stack = "".join(traceback.format_tb(error.__traceback__))
    is_numbered = isinstance(error, DatabaseError) and bool(error.args) and isinstance(error.args[0], int)
    number = f" {error.args[0]}" if is_numbered else ""
    return f"{stack}{type(error).__module__}.{type(error).__qualname__}{number}"
