"""nginx keeps public answers for a moment: one request to the application for many readers, and never another's."""

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.faults.stack import wait_until
from tests.faults.visitor import RESERVE, Visitor, reservation_in

pytestmark = pytest.mark.faults

OLDEST_SECONDS = 3
"""max-age and stale-while-revalidate are a second each, and nginx counts whole seconds."""

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


def test_many_readers_at_once_are_one_request(port, passed_on):
    def read(asked):
        with closing(Visitor(port)) as visitor:
            return visitor.ask("", "GET", asked)

    asked_for = []
    for _ in range(10):  # one that takes longer than readers wait is asked for by several
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(read, [path(anew())] * 20))
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
    assert passed_on(5) == 4  # all but the one that nobody asked for twice


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


def test_an_answer_is_at_most_as_old_as_promised(port, visitor, crowd):
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=25)
    sent = {"from": start.isoformat(), "before": (start + timedelta(days=30)).isoformat(), "first": 1}
    listing = (
        "query($from: DateTime!, $before: DateTime!, $first: Int)"
        " { openAppointments(filter: {startsFrom: $from, startsBefore: $before}, first: $first) { nodes { id } } }"
    )

    def first_open():
        return visitor.read_by_hash(listing, **sent).body["data"]["openAppointments"]["nodes"][0]["id"]

    ages = []
    with closing(Visitor(port)) as other:
        for token in crowd.tokens[:5]:
            taken = first_open()
            answer = other.mutate(RESERVE, token, uuid.uuid4().hex, appointmentId=taken)
            changed = time.monotonic()
            assert reservation_in(answer), answer
            asked = changed
            while first_open() == taken:
                asked = time.monotonic()
                time.sleep(0.02)
            ages.append(asked - changed)

    assert max(ages) < OLDEST_SECONDS
    assert max(ages) > 0  # otherwise nothing was kept at all
