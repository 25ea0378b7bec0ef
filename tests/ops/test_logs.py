"""Logs without personal data: where something failed and how, and never an exception's message."""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError

from ops.logs import JsonFormatter, TextFormatter

FORMATTER = TextFormatter()


def written(error: BaseException) -> list[str]:
    """The lines of the log of this error, without those of its stacks."""
    try:
        raise error
    except BaseException:
        record = logging.LogRecord("api", logging.ERROR, __file__, 1, "Failed in %s", ("r1",), sys.exc_info())
    first, *lines = FORMATTER.format(record).splitlines()
    assert first.endswith(" ERROR api [-] Failed in r1")
    assert f'  File "{__file__}", line' in lines[0]
    return [line for line in lines if not line.startswith(" ")]


def caused(error: BaseException, *, by: BaseException) -> BaseException:
    error.__cause__ = by
    return error


def test_an_exception_is_logged_by_type_and_stack_without_its_message() -> None:
    assert written(LookupError("ada@example.com")) == ["builtins.LookupError"]
    assert written(KeyError(5)) == ["builtins.KeyError"]


def test_the_cause_of_an_exception_is_logged_without_its_message() -> None:
    error = caused(ValueError("ada"), by=caused(KeyError("ada"), by=OSError("ada")))
    assert written(error) == [
        "builtins.ValueError",
        "caused by",
        "builtins.KeyError",
        "caused by",
        "builtins.OSError",
    ]


def test_exceptions_that_cause_each_other_are_logged_once() -> None:
    first, second = KeyError("ada"), OSError("ada")
    first.__cause__, second.__cause__ = second, first
    assert written(first) == ["builtins.KeyError", "caused by", "builtins.OSError"]


def test_a_database_error_is_logged_with_its_number() -> None:
    error = IntegrityError(1062, "Duplicate entry 'ada@example.com' for key 'email'")
    assert written(error) == ["django.db.utils.IntegrityError 1062"]
    assert written(IntegrityError("ada@example.com")) == ["django.db.utils.IntegrityError"]


def test_all_loggers_use_this_format() -> None:
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "text"
    assert [logger for logger in settings.LOGGING["loggers"].values() if logger.get("handlers")] == []


def test_in_production_a_record_is_a_json_line() -> None:
    try:
        raise LookupError("ada@example.com")
    except LookupError:
        record = logging.LogRecord("api", logging.ERROR, __file__, 1, "Failed in %s", ("r1",), sys.exc_info())
    record.request = "GET /ada@example.com"  # as Django adds it
    record.request_id = "id-of-the-request"
    line = JsonFormatter().format(record)
    logged = json.loads(line)
    stack = logged.pop("error")
    assert (stack.splitlines()[-1], "\n" in line, "GET /ada" in line) == ("builtins.LookupError", False, False)
    assert datetime.fromisoformat(logged.pop("time")).tzinfo is not None
    assert logged == {"level": "ERROR", "logger": "api", "message": "Failed in r1", "request_id": "id-of-the-request"}


def test_an_unknown_level_or_format_stops_the_start() -> None:
    for variable in ("LOG_FORMAT", "LOG_LEVEL"):
        run = subprocess.run(
            [sys.executable, "-c", "import settings"],
            env={**os.environ, variable: "loud"},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
        assert f"ImproperlyConfigured: {variable} is " in run.stderr
