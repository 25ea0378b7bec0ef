"""GraphQL over HTTP: methods, media types and statuses."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client as Browser

from reservation.models import Service
from tests.conftest import Post
from tests.practice import Practice, gid
from tests.rows import all_rows

GRAPHQL_JSON = "application/graphql-response+json"
VIEWER = "{ viewer { isAuthenticated } }"
NOBODY = {"data": {"viewer": {"isAuthenticated": False}}}


def refusal(response: Any) -> tuple[int, str]:
    """Status and code of a response with one error and no data."""
    body = response.json()
    (error,) = body["errors"]
    assert body.keys() == {"errors"}
    assert error["message"]
    return response.status_code, error["extensions"]["code"]


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_a_query_may_be_sent_by_post_or_get(path: str, client: Browser, post: Post) -> None:
    for response in (post({"query": VIEWER}, path=path), client.get(path, {"query": VIEWER})):
        assert (response.status_code, response.json()) == (200, NOBODY)
        assert response["Content-Type"] == "application/json; charset=utf-8"
        assert {"Accept", "Authorization"} <= set(response["Vary"].split(", "))


def test_variables_and_operation_name_are_used(client: Browser, post: Post, practice: Practice) -> None:
    query = "query A { viewer { isStaff } } query B($f: ProviderFilter) { providers(filter: $f) { nodes { name } } }"
    found = {"data": {"providers": {"nodes": [{"name": "Bert"}]}}}
    body = {"query": query, "operationName": "B", "variables": {"f": {"search": "ber"}}}
    assert post(body).json() == post({**body, "extensions": {"a": 1}}).json() == found
    assert client.get("/graphql/", {**body, "variables": '{"f": {"search": "ber"}}'}).json() == found
    assert post({"query": VIEWER, "variables": None, "operationName": None, "extensions": None}).json() == NOBODY
    assert client.get("/graphql/", {"query": VIEWER, "variables": "", "operationName": ""}).json() == NOBODY


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_are_refused(method: str, client: Browser) -> None:
    response = client.generic(method, "/graphql/", '{"query": "{ viewer { isStaff } }"}', "application/json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_head_is_get_without_a_body(client: Browser) -> None:
    response = client.head("/graphql/", {"query": VIEWER})
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Type"] == "application/json; charset=utf-8"


def test_options_lists_the_methods(client: Browser) -> None:
    response = client.options("/graphql/")
    assert (response.status_code, response["Allow"], response.content) == (204, "GET, HEAD, POST, OPTIONS", b"")


def test_a_mutation_by_get_is_refused(client: Browser, db: None) -> None:
    query = 'mutation { createService(input: {name: "S", durationMinutes: 15}) { userErrors { code } } }'
    response = client.get("/graphql/", {"query": query})
    assert (refusal(response), response["Allow"]) == ((405, "BAD_REQUEST"), "POST")
    several = {"query": f"query Q {VIEWER} {query.replace('mutation', 'mutation M')}", "operationName": "M"}
    assert refusal(client.get("/graphql/", several)) == (405, "BAD_REQUEST")
    assert not Service.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/graphql", "application/x-www-form-urlencoded"])
def test_other_content_types_are_refused(content_type: str, post: Post) -> None:
    assert refusal(post({"query": VIEWER}, content_type=content_type)) == (415, "BAD_REQUEST")


def test_other_encodings_are_refused(post: Post) -> None:
    assert refusal(post({"query": VIEWER}, content_type="application/json; charset=latin-1")) == (415, "BAD_REQUEST")
    assert post({"query": VIEWER}, content_type="application/json; charset=UTF-8").json() == NOBODY


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip", "GZIP"])
def test_a_compressed_body_is_refused_in_words(coding: str, post: Post) -> None:
    response = post(gzip.compress(json.dumps({"query": VIEWER}).encode()), **{"content-encoding": coding})
    assert refusal(response) == (415, "BAD_REQUEST")
    assert response.json()["errors"][0]["message"] == "Send the body uncompressed, without Content-Encoding."
    assert response["Accept-Encoding"] == "identity"
    assert post({"query": VIEWER}, **{"content-encoding": "identity"}).json() == NOBODY


def test_a_body_that_is_too_large_is_refused(post: Post, settings: Any) -> None:
    assert refusal(post(b" " * 2_000_000)) == (413, "PAYLOAD_TOO_LARGE")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = '{"query": "{ viewer { isAuthenticated } }"}'
    assert post(body.ljust(1000)).json() == NOBODY
    assert refusal(post(body.ljust(1001))) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.5, application/json", "application/json"),
        (f"{GRAPHQL_JSON}; charset=utf-8, application/json; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};charset=utf-8, application/json;q=0.5", GRAPHQL_JSON),
        ("application/json;charset=utf-8", "application/json"),
    ],
)
def test_the_response_has_the_media_type_that_the_client_prefers(accept: str, content_type: str, post: Post) -> None:
    response = post({"query": VIEWER}, Accept=accept)
    assert (response["Content-Type"], response.json()) == (f"{content_type}; charset=utf-8", NOBODY)


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/*", f"{GRAPHQL_JSON};q=0", "application/jsonp"])
def test_a_client_that_accepts_no_json_is_refused(accept: str, post: Post) -> None:
    assert refusal(post({"query": VIEWER}, Accept=accept)) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query($id: ID!) { node(id: $id) { id } }"}, "BAD_USER_INPUT"),
    ],
)
def test_a_request_that_cannot_be_executed_is_400_in_the_graphql_media_type(
    body: dict[str, str], code: str, post: Post
) -> None:
    assert refusal(post(body, Accept=GRAPHQL_JSON)) == (400, code)
    assert refusal(post(body, Accept="application/json")) == (200, code)


def test_a_partial_result_has_data_and_errors_and_is_200(post: Post, db: None) -> None:
    body = {"query": '{ provider(id: "garbage") { id } viewer { isAuthenticated } }'}
    for accept in (GRAPHQL_JSON, "application/json"):
        response = post(body, Accept=accept)
        (error,) = response.json()["errors"]
        assert (response.status_code, error["path"], error["extensions"]) == (
            200,
            ["provider"],
            {"code": "BAD_USER_INPUT"},
        )
        assert response.json()["data"] == {"provider": None, **NOBODY["data"]}


def test_a_mutation_without_a_log_in_is_unauthenticated(post: Post, db: None) -> None:
    query = 'mutation { createService(input: {name: "S", durationMinutes: 15}) { userErrors { code } } }'
    body = post({"query": query}).json()
    assert body["data"] == {"createService": None}
    assert [error["extensions"] for error in body["errors"]] == [{"code": "UNAUTHENTICATED"}]


def test_a_mutation_whose_selection_is_too_deep_changes_nothing(
    post: Post, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.staff)
    deep = "services { nodes { providers { nodes { " * 45 + "id" + " } } } }" * 45
    query = (
        f'mutation($id: ID!) {{ updateProvider(input: {{providerId: $id, name: "X"}}) {{ provider {{ {deep} }} }} }}'
    )
    before = all_rows()
    body = post({"query": query, "variables": {"id": gid(practice.provider)}}).json()
    assert "data" not in body
    assert all_rows() == before
