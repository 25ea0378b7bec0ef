"""nginx keeps public answers for a moment: one request to the application for many readers, and never another's."""

import json
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

import pytest

from tests.faults.stack import wait_until
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.faults

VIEWER = "{ viewer { isAuthenticated email } }"


@pytest.fixture
def passed_on(stack):
    """How many of the requests for the API since the last time, of which there were so many, nginx passed on."""
    seen = len(api_lines(stack))

    def passed_on(asked):
        nonlocal seen
        wait_until(lambda: len(api_lines(stack)) >= seen + asked)  # it writes the line after the answer
        lines = api_lines(stack)[seen:]
        seen += len(lines)
        return sum('"upstream_status":"200"' in line for line in lines)

    return passed_on


def api_lines(stack):
    return [line for line in stack.log("nginx").splitlines() if '"place":"/graphql"' in line]


def path(document, **parameters):
    return f"/graphql/?{urlencode({'query': document, **parameters})}"


def anew():
    """A document that nobody has asked for before."""
    return f"{{ providers(first: 5) {{ nodes {{ a{uuid.uuid4().hex}: name }} }} }}"


def at_the_beginning_of_a_second():
    """What is asked for in the next second is asked for again: wait until one begins."""
    time.sleep(1 - time.time() % 1)


def test_many_readers_at_once_are_one_request(port, passed_on):
    def read(asked):
        with closing(Visitor(port)) as visitor:
            return visitor.ask("", "GET", asked)

    search = "query($search: String) { providers(filter: {search: $search}) { nodes { name } } }"
    asked_for = []
    for place in range(10):  # one that takes longer than readers wait is asked for by several
        asked = path(search, variables=json.dumps({"search": str(place)}))
        at_the_beginning_of_a_second()
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(read, [asked] * 20))
        assert {answer.status for answer in answers} == {200}
        assert len({str(answer.body) for answer in answers}) == 1
        asked_for.append(passed_on(20))

    assert min(asked_for) == 1


def test_a_private_answer_is_never_anothers(visitor, crowd, passed_on):
    asked = path(VIEWER, x=uuid.uuid4().hex)
    first, second = crowd.tokens[:2]
    as_first, as_nobody, as_second, as_nobody_again, with_cookie = (
        visitor.ask("", "GET", asked, **headers).body["data"]["viewer"]
        for headers in (
            {"Authorization": f"Bearer {first}"},
            {},
            {"Authorization": f"Bearer {second}"},
            {},
            {"Cookie": "__Host-sessionid=somebody"},
        )
    )
    nobody = {"isAuthenticated": False, "email": None}

    assert as_first["isAuthenticated"]
    assert as_second["isAuthenticated"]
    assert as_first["email"] != as_second["email"]
    assert as_nobody == as_nobody_again == with_cookie == nobody
    assert passed_on(5) == 5


def test_what_differs_by_a_header_is_kept_apart(visitor):
    asked = path(anew())
    plain = visitor.ask("", "GET", asked)
    priced = visitor.ask("", "GET", asked, GraphQL_Cost="report")
    refused = visitor.ask("", "GET", asked, Accept="image/png")
    again = visitor.ask("", "GET", asked)

    assert "extensions" not in plain.body
    assert priced.body["extensions"]["cost"]
    assert refused.status == 406
    assert again.body == plain.body


def test_media_types_and_origins_are_kept_apart(port, visitor, passed_on):
    asked = path(anew())
    at_the_beginning_of_a_second()
    kinds = [
        {"Accept": "application/json"},
        {"Accept": "application/graphql-response+json"},
        {"Accept": "application/json", "Origin": "https://one.example"},
        {"Host": f"localhost:{port}", "Accept": "application/json"},
    ]
    for _ in range(2):
        for headers in kinds:
            connection = visitor.connection
            connection.request("GET", asked, headers=headers)
            response = connection.getresponse()
            response.read()
            assert response.status == 200
            assert response.headers["Content-Type"].startswith(headers["Accept"])

    assert passed_on(2 * len(kinds)) == len(kinds)


def test_errors_and_changes_are_not_kept(visitor):
    wrong = path("{ nothing }", x=uuid.uuid4().hex)
    assert Counter(visitor.ask("", "GET", wrong).codes for _ in range(3)) == {("GRAPHQL_VALIDATION_FAILED",): 3}
    assert visitor.ask("", "GET", path("mutation { __typename }")).status in (400, 405)
