"""What gunicorn logs of its own: nothing that a client sent."""

import logging
from typing import Any

import pytest
from gunicorn.config import Config

from ops.access_log import AccessLogger

ADDRESS, LINE = "203.0.113.9", "GET /book?email=eve@example.com HTTP/1.1"


@pytest.fixture
def logged() -> Any:
    """gunicorn's logger, and the messages of its error log."""
    logger, messages = AccessLogger(Config()), []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logger.error_log.addHandler(handler)
    yield logger, messages
    logger.error_log.removeHandler(handler)


def test_a_refused_or_failed_request_is_logged_without_what_was_sent(logged: Any) -> None:
    logger, messages = logged
    logger.warning("Invalid request from ip=%s: %s", ADDRESS, LINE)
    logger.exception("Error handling request %s", LINE)
    assert messages == ["Invalid request.", "Error handling request."]


def test_other_messages_are_logged_whole(logged: Any) -> None:
    logger, messages = logged
    logger.warning("Worker with pid %s was terminated due to signal %s", 7, 9)
    logger.exception("Exception in worker process")
    assert messages == ["Worker with pid 7 was terminated due to signal 9", "Exception in worker process"]
