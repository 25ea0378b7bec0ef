"""The server conforms to the specification of GraphQL over HTTP, by the audits of graphql-http, in both profiles."""

import json
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.clients.conftest import TIMEOUT_SECONDS, Program, Server
from tests.servers import HOST

PLAIN = "application/json"
GRAPHQL = "application/graphql-response+json"


def status(server: Server, accept: str, document: str) -> int:
    """The status of the response in this media type to this document without variables."""
    with closing(HTTPConnection(HOST, server.port, timeout=TIMEOUT_SECONDS)) as connection:
        body = json.dumps({"query": document})
        connection.request("POST", "/graphql/", body, {"Content-Type": PLAIN, "Accept": accept})
        response = connection.getresponse()
        assert response.getheader("Content-Type") == f"{accept}; charset=utf-8"
        return response.status


@pytest.mark.parametrize("path", ["/graphql/", "/graphql"])
def test_every_audit_of_graphql_http_is_ok(path: str, server: Server, program: Program) -> None:
    audits = program("audit.mjs", url=server.url + path)
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


def test_with_the_statuses_of_the_draft_one_audit_differs(draft_server: Server, program: Program) -> None:
    audits = program("audit.mjs", url=draft_server.graphql)
    others = [audit for audit in audits if audit["status"] != "ok"]
    assert [(audit["id"], audit["status"], audit["reason"]) for audit in others] == [
        ("86EE", "warn", "Response status code is not 400")  # a variable that does not fit: the draft requires 422
    ]
    assert len(audits) == 61


@pytest.mark.parametrize(
    ("document", "audit_status", "draft_status"),
    [
        pytest.param("{ __typename }", 200, 200, id="data"),
        pytest.param('{ __typename node(id: "nonsense") { id } }', 200, 294, id="data and errors"),
        pytest.param("{ clients { totalCount } }", 200, 294, id="data that is null and errors"),
        pytest.param("{", 400, 400, id="no GraphQL"),
        pytest.param("{ nothing }", 400, 422, id="not valid"),
        pytest.param("query($id: ID!) { node(id: $id) { id } }", 400, 422, id="a variable does not fit"),
        pytest.param("query A { __typename } query B { __typename }", 400, 422, id="no operation named"),
    ],
)
def test_the_profile_determines_the_status_of_graphql_responses_and_json_is_always_200(
    document: str, audit_status: int, draft_status: int, server: Server, draft_server: Server
) -> None:
    assert (status(server, GRAPHQL, document), status(draft_server, GRAPHQL, document)) == (audit_status, draft_status)
    assert (status(server, PLAIN, document), status(draft_server, PLAIN, document)) == (200, 200)
