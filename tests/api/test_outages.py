"""Server errors over HTTP: each is JSON with a code, masked, and logged once."""

import logging
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client as Browser

from api.http.errors import outage_stacks
from api.loaders import ProviderByIdLoader
from reservation.domain.command import Command
from reservation.domain.transaction import TRIES, Conflict
from reservation.models import Service
from tests.api.test_views import GRAPHQL_JSON, NOBODY, VIEWER, refusal
from tests.conftest import Post
from tests.factories import account, make_service, make_user
from tests.practice import Practice, gid
from tests.rows import all_rows

UNAVAILABLE = "The service is not available right now."
UNEXPECTED = "Something went wrong on our side."
PLAIN_JSON = "application/json"

DEADLOCK = OperationalError(1213, "Deadlock found; password=hunter2")
GONE = OperationalError(2006, "Server has gone away; password=hunter2")


@pytest.fixture
def logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[str, BaseException | None]]:
    """The one line that was logged about a server error, and the exception."""
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(outage_stacks, "due_at", 0.0)

    def logged() -> tuple[str, BaseException | None]:
        (record,) = [record for record in caplog.records if record.name != "django.request"]
        assert record.exc_info is not None
        return record.getMessage(), record.exc_info[1]

    return logged


def failing(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail


def only_error(response: Any, code: str, message: str) -> dict[str, Any]:
    """The one error of a response, which has this code and message and beside them only the request's id."""
    (error,) = response.json()["errors"]
    assert (error["message"], error["extensions"].keys()) == (message, {"code", "requestId"})
    assert error["extensions"]["code"] == code
    assert len(error["extensions"]["requestId"]) == 32
    assert b"hunter2" not in response.content
    return error


def test_a_request_has_1_000_parameters_at_most(client: Browser) -> None:
    parameters = {"query": VIEWER, **{f"p{number}": "1" for number in range(999)}}
    assert client.get("/graphql/", parameters).json() == NOBODY
    for path in ("/graphql/", "/graphql"):
        assert refusal(client.get(path, {**parameters, "more": "1"})) == (400, "BAD_REQUEST")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "tries"),
    [(Conflict("hunter2"), TRIES), (DEADLOCK, TRIES), (GONE, 1)],
    ids=["conflict", "deadlock", "gone"],
)
def test_a_mutation_that_loses_every_race_is_an_outage_and_changes_nothing(
    error: Exception, tries: int, post: Post, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def work(*, name: str, **_: Any) -> NoReturn:
        calls.append(name)
        make_service(name=name)
        raise error

    who = account(make_user(is_staff=True, is_superuser=True))
    monkeypatch.setattr("api.views.read_caller", lambda _: who)
    monkeypatch.setattr("api.mutation.service.CreateService.command", Command(work, Service))
    before = all_rows()
    query = 'mutation { createService(input: {name: "S", durationMinutes: 15}) { userErrors { code } } }'
    response = post({"query": query})
    error_in_response = only_error(response, "SERVICE_UNAVAILABLE", UNAVAILABLE)
    assert (response.status_code, response.json()["data"]) == (200, {"createService": None})
    assert error_in_response["path"] == ["createService"]
    assert logged() == (f"SERVICE_UNAVAILABLE in request {error_in_response['extensions']['requestId']}", error)
    assert calls == ["S"] * tries
    assert all_rows() == before


@pytest.mark.parametrize("media_type", [PLAIN_JSON, GRAPHQL_JSON])
@pytest.mark.parametrize(
    ("error", "status", "code", "message"),
    [
        (GONE, 503, "SERVICE_UNAVAILABLE", UNAVAILABLE),
        (InterfaceError("hunter2"), 503, "SERVICE_UNAVAILABLE", UNAVAILABLE),
        (LookupError("hunter2"), 500, "INTERNAL_SERVER_ERROR", UNEXPECTED),
    ],
    ids=["gone", "interface", "unforeseen"],
)
def test_a_failure_before_the_execution_is_json_with_its_status(
    error: Exception,
    status: int,
    code: str,
    message: str,
    media_type: str,
    post: Post,
    logged: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.views.read_caller", failing(error))
    response = post({"query": VIEWER}, Accept=media_type)
    error_in_response = only_error(response, code, message)
    assert (response.status_code, response["Content-Type"]) == (status, f"{media_type}; charset=utf-8")
    assert response.json().keys() == {"errors"}
    assert logged() == (f"{code} in request {error_in_response['extensions']['requestId']}", error)


@pytest.mark.parametrize("media_type", [PLAIN_JSON, GRAPHQL_JSON])
def test_an_unexpected_exception_in_a_resolver_nulls_its_field_and_is_logged_once(
    media_type: str, post: Post, practice: Practice, logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ZeroDivisionError("hunter2")
    monkeypatch.setattr(ProviderByIdLoader, "read", failing(error))
    body = {"query": "query($id: ID!) { provider(id: $id) { id } services { totalCount } }"}
    response = post({**body, "variables": {"id": gid(practice.provider)}}, Accept=media_type)
    error_in_response = only_error(response, "INTERNAL_SERVER_ERROR", UNEXPECTED)
    assert (response.status_code, response["Content-Type"]) == (200, f"{media_type}; charset=utf-8")
    assert response.json()["data"] == {"provider": None, "services": {"totalCount": 1}}
    assert error_in_response["path"] == ["provider"]
    assert logged() == (f"INTERNAL_SERVER_ERROR in request {error_in_response['extensions']['requestId']}", error)


def test_each_request_has_its_own_id(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.read_caller", failing(LookupError()))
    ids = {post({"query": VIEWER}).json()["errors"][0]["extensions"]["requestId"] for _ in range(3)}
    assert len(ids) == 3


def test_while_the_database_is_unavailable_its_stack_trace_is_logged_at_intervals(
    post: Post, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage_stacks, "seconds", 3600)
    monkeypatch.setattr(outage_stacks, "due_at", 0.0)
    for error in (GONE, GONE, DEADLOCK, GONE):
        monkeypatch.setattr("api.views.read_caller", failing(error))
        post({"query": VIEWER})
    outage_stacks.due_at = 0.0
    post({"query": VIEWER})

    lines = [record for record in caplog.records if record.name == "api.http.errors"]
    assert [bool(record.exc_info) for record in lines] == [True, False, True, False, True]
