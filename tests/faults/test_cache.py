"""nginx caches public responses within a second: many readers cause one request, and private responses stay private."""

import json
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

import pytest

from tests.faults.api_client import ApiClient
from tests.faults.stack import wait_until

pytestmark = pytest.mark.faults

TRIES = 30
"""How often something is tried that a busy machine may be too slow for."""

VIEWER = "{ viewer { isAuthenticated email } }"


@pytest.fixture
def forwarded(stack):
    """Returns how many of the last requests for the API nginx forwarded to the application."""
    seen = len(api_lines(stack))

    def forwarded(expected):
        nonlocal seen
        wait_until(lambda: len(api_lines(stack)) >= seen + expected)  # nginx logs a request after its response
        lines = api_lines(stack)[seen:]
        seen += len(lines)
        return sum('"upstream_status":"200"' in line for line in lines)

    return forwarded


def api_lines(stack):
    return [line for line in stack.log("nginx").splitlines() if '"place":"/graphql"' in line]


def path(document, **parameters):
    return f"/graphql/?{urlencode({'query': document, **parameters})}"


def new_document():
    """A document that was never sent before."""
    return f"{{ providers(first: 5) {{ nodes {{ a{uuid.uuid4().hex}: name }} }} }}"


def wait_for_next_second():
    """Waits until a second begins, because a cached response is used only within the same second."""
    time.sleep(1 - time.time() % 1)


def test_concurrent_readers_cause_one_request(port, forwarded):
    def read(url):
        with closing(ApiClient(port)) as api_client:
            return api_client.send("", "GET", url)

    search = "query($search: String) { providers(filter: {search: $search}) { nodes { name } } }"
    counts = []
    for place in range(TRIES):  # of those that take longer than readers wait, several are forwarded
        url = path(search, variables=json.dumps({"search": str(place)}))
        wait_for_next_second()
        with ThreadPoolExecutor(20) as threads:
            requests = list(threads.map(read, [url] * 20))
        assert {request.status for request in requests} == {200}
        assert len({str(request.body) for request in requests}) == 1
        counts.append(forwarded(20))
        if counts[-1] == 1:
            break

    assert counts[-1] == 1, counts


def test_a_private_response_is_never_served_to_another_caller(api_client, crowd, forwarded):
    url = path(VIEWER, x=uuid.uuid4().hex)
    first, second = crowd.tokens[:2]
    as_first, as_anonymous, as_second, as_anonymous_again, with_cookie = (
        api_client.send("", "GET", url, **headers).body["data"]["viewer"]
        for headers in (
            {"Authorization": f"Bearer {first}"},
            {},
            {"Authorization": f"Bearer {second}"},
            {},
            {"Cookie": "__Host-sessionid=somebody"},
        )
    )
    anonymous = {"isAuthenticated": False, "email": None}

    assert as_first["isAuthenticated"]
    assert as_second["isAuthenticated"]
    assert as_first["email"] != as_second["email"]
    assert as_anonymous == as_anonymous_again == with_cookie == anonymous
    assert forwarded(5) == 5


def test_requests_that_differ_in_a_header_get_their_own_responses(api_client):
    url = path(new_document())
    plain = api_client.send("", "GET", url)
    priced = api_client.send("", "GET", url, GraphQL_Cost="report")
    refused = api_client.send("", "GET", url, Accept="image/png")
    again = api_client.send("", "GET", url)

    assert "extensions" not in plain.body
    assert priced.body["extensions"]["cost"]
    assert refused.status == 406
    assert again.body == plain.body


def test_media_types_origins_and_hosts_are_cached_separately(port, api_client, forwarded):
    kinds = [
        {"Accept": "application/json"},
        {"Accept": "application/graphql-response+json"},
        {"Accept": "application/json", "Origin": "https://one.example"},
        {"Host": f"localhost:{port}", "Accept": "application/json"},
    ]
    counts = []
    for _ in range(TRIES):  # within a second, if the machine is not too busy
        url = path(new_document())
        wait_for_next_second()
        for headers in kinds * 2:
            connection = api_client.connection
            connection.request("GET", url, headers=headers)
            response = connection.getresponse()
            response.read()
            assert response.status == 200
            assert response.headers["Content-Type"].startswith(headers["Accept"])
        counts.append(forwarded(2 * len(kinds)))
        if counts[-1] <= len(kinds):
            break

    assert counts[-1] == len(kinds), counts


def test_errors_and_mutations_are_not_cached(api_client):
    wrong = path("{ nothing }", x=uuid.uuid4().hex)
    assert Counter(api_client.send("", "GET", wrong).codes for _ in range(3)) == {("GRAPHQL_VALIDATION_FAILED",): 3}
    assert api_client.send("", "GET", path("mutation { __typename }")).status in (400, 405)
