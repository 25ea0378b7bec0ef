"""Errors: each has a code; unexpected exceptions are logged and masked."""

import logging
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from graphql import GraphQLError

from api.http.errors import BadUserInput, Code, coded, format_error
from api.loaders import ProviderByIdLoader
from reservation.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from tests.practice import Ask, Practice, gid


def formatted(error: Exception | None, **fields: Any) -> dict[str, Any]:
    """This exception as the response shows it."""
    return format_error(GraphQLError("secret", original_error=error, path=["here"], **fields), request_id="r1")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("no"), "BAD_USER_INPUT"),
        (NotFound("provider"), "NOT_FOUND"),
        (Forbidden("no"), "FORBIDDEN"),
        (Unauthenticated(), "UNAUTHENTICATED"),
        (BadUserInput("no"), "BAD_USER_INPUT"),
    ],
)
def test_a_refusal_has_its_code(error: Exception, code: str, caplog: pytest.LogCaptureFixture) -> None:
    assert formatted(error)["extensions"] == {"code": code}
    assert caplog.records == []


def test_an_error_keeps_the_code_that_it_has() -> None:
    assert coded(BadUserInput("no", code=Code.INVALID_CURSOR), Code.BAD_REQUEST).extensions == {
        "code": "INVALID_CURSOR"
    }
    assert coded(GraphQLError("no"), Code.BAD_REQUEST).extensions == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OperationalError("password=hunter2"), "SERVICE_UNAVAILABLE", "The service is not available right now."),
        (InterfaceError("password=hunter2"), "SERVICE_UNAVAILABLE", "The service is not available right now."),
        (DatabaseError("password=hunter2"), "INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
        (ZeroDivisionError("password=hunter2"), "INTERNAL_SERVER_ERROR", "Something went wrong on our side."),
    ],
)
def test_an_unexpected_exception_is_logged_and_masked(
    error: Exception, code: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "api.http.errors"):
        response_error = formatted(error)
    assert response_error == {"message": message, "path": ["here"], "extensions": {"code": code, "requestId": "r1"}}
    (record,) = caplog.records
    assert record.getMessage() == f"{code} in request r1"
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_a_nested_error_is_formatted_by_its_cause() -> None:
    inner = GraphQLError("secret", original_error=ZeroDivisionError())
    assert formatted(inner)["message"] == "Something went wrong on our side."


def test_a_failing_field_leaves_other_fields_intact(
    ask: Ask, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(ProviderByIdLoader, "read", fail)
    answer = ask("query($id: ID!) { provider(id: $id) { id } services { totalCount } }", id=gid(practice.provider))
    assert answer.data == {"provider": None, "services": {"totalCount": 1}}
    assert answer.codes == ["SERVICE_UNAVAILABLE"]
