"""What requests take of their callers' points, and what the answers say of it."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser

from api.documents import parse_document
from api.schema import schema
from ops import rate_limit
from tests.api.test_views import GRAPHQL_JSON, NOBODY, VIEWER, refusal
from tests.conftest import Post
from tests.practice import Practice, gid

DEAR = {"query": "{ providers(first: 100) { nodes { id } } }"}  # costs 101, and so 11 points


@pytest.fixture(autouse=True)
def limits(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """20 points for an address, 60 for a person, and they do not come back while a test runs."""
    settings.RATE_LIMIT_ANONYMOUS_BURST, settings.RATE_LIMIT_PERSON_BURST = 20, 60
    settings.RATE_LIMIT_ANONYMOUS = settings.RATE_LIMIT_PERSON = 0.001
    settings.PROCESSES = 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    for known in (VIEWER, DEAR["query"]):
        parse_document(schema, known)


def left(response: Any) -> tuple[int, int]:
    return int(response["RateLimit-Limit"]), int(response["RateLimit-Remaining"])


def test_an_operation_takes_a_tenth_of_its_cost(post: Post) -> None:
    assert left(post({"query": VIEWER})) == (20, 19)
    response = post(DEAR)
    assert left(response) == (20, 8)
    assert int(response["RateLimit-Reset"]) > 0


def test_who_has_no_points_left_is_told_when_to_come_back(post: Post) -> None:
    post(DEAR)
    for accept in ("application/json", GRAPHQL_JSON):
        response = post(DEAR, Accept=accept)
        assert refusal(response) == (429, "RATE_LIMITED")
        (error,) = response.json()["errors"]
        assert error["extensions"]["retryAfter"] == int(response["Retry-After"]) > 0
        assert left(response) == (20, 9)
    assert post({"query": VIEWER}).json() == NOBODY


def test_a_document_that_is_new_takes_ten_points_even_if_it_is_refused(post: Post) -> None:
    assert left(post({"query": "{ nothing }"})) == (20, 10)
    assert left(post({"query": "{ nothing at all }"})) == (20, 0)
    assert refusal(post({"query": "{"})) == (429, "RATE_LIMITED")
    assert refusal(post({"query": VIEWER})) == (429, "RATE_LIMITED")


def test_a_document_that_is_known_takes_none(post: Post) -> None:
    query = "{ viewer { isStaff } } # of this test"
    assert left(post({"query": query})) == (20, 9)
    assert left(post({"query": query})) == (20, 8)


def test_people_have_points_of_their_own(post: Post, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("client", "other client"):
        monkeypatch.setattr("api.views.read_caller", lambda _, name=name: practice.who(name))
        assert left(post({"query": VIEWER})) == (60, 59)
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.who("nobody"))
    assert left(post({"query": VIEWER})) == (20, 19)


def asked_from(client: Browser, address: str, forwarded: str | None = None) -> tuple[int, int]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    body = {"query": VIEWER}
    return left(client.post("/graphql/", body, content_type="application/json", REMOTE_ADDR=address, headers=headers))


def test_each_address_has_points_of_its_own(client: Browser) -> None:
    assert asked_from(client, "192.0.2.1") == (20, 19)
    assert asked_from(client, "192.0.2.1") == (20, 18)
    assert asked_from(client, "192.0.2.2") == (20, 19)
    assert asked_from(client, "::ffff:192.0.2.1") == (20, 17)
    assert asked_from(client, "::ffff:192.0.2.3") == (20, 19)
    assert asked_from(client, "2001:db8:0:1::1") == (20, 19)
    assert asked_from(client, "2001:db8:0:1:ffff::2") == (20, 18)
    assert asked_from(client, "2001:db8:0:2::1") == (20, 19)


def test_who_is_behind_a_proxy_is_only_believed_of_proxies_that_are_trusted(client: Browser, settings: Any) -> None:
    assert asked_from(client, "192.0.2.1", "198.51.100.1") == (20, 19)
    assert asked_from(client, "192.0.2.1", "198.51.100.2") == (20, 18)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert asked_from(client, "192.0.2.1", "198.51.100.1") == (20, 19)
    assert asked_from(client, "192.0.2.1", "203.0.113.9, 198.51.100.1") == (20, 18)  # what it claims is not believed


@pytest.mark.parametrize("forwarded", ["nonsense", "", "1.2.3", "198.51.100.1:443", "[2001:db8::1]:443", "unknown"])
def test_an_address_that_is_none_is_no_failure_of_ours(forwarded: str, client: Browser, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    response = client.post(
        "/graphql/", {"query": VIEWER}, content_type="application/json", headers={"X-Forwarded-For": forwarded}
    )
    assert response.json() == NOBODY


def test_what_proxies_may_keep_says_nothing_of_points(client: Browser, db: None) -> None:
    asked = [client.get("/graphql/", {"query": query}) for query in ("{ providers { totalCount } }", VIEWER)]
    assert ["RateLimit-Limit" in response for response in asked] == [False, True]


def test_a_limit_of_zero_is_none(post: Post, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS = 0
    for _ in range(30):
        response = post({"query": VIEWER})
        assert (response.json(), "RateLimit-Limit" in response) == (NOBODY, False)


RESERVE = """mutation($input: ReserveAppointmentInput!) {
    a: reserveAppointment(input: $input) { userErrors { code } }
    b: reserveAppointment(input: $input) { userErrors { code } }
}"""


def test_attempts_to_reserve_are_counted_apart(
    post: Post, practice: Practice, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMIT_PERSON = 0
    settings.RESERVATION_POLICY = replace(settings.RESERVATION_POLICY, max_reservations_per_hour=5)
    body = {"query": RESERVE, "variables": {"input": {"appointmentId": gid(practice.slots[12])}}}
    for name, statuses in (("client", [200, 200, 429]), ("other client", [200, 200, 429]), ("staff", [200] * 4)):
        monkeypatch.setattr("api.views.read_caller", lambda _, name=name: practice.who(name))
        assert [post(body).status_code for _ in statuses] == statuses
