"""Rate limits: the tokens that requests consume, and the headers that report them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser

from api.documents import parse_document, parsing
from api.documents.document import document_hash
from api.mutation import MUTATIONS
from api.schema import schema
from ops import rate_limit
from tests.api.test_views import GRAPHQL_JSON, NOBODY, VIEWER, refusal
from tests.conftest import Post
from tests.practice import Practice, gid

EXPENSIVE = {"query": "{ providers(first: 100) { nodes { id } } }"}  # costs 101, and so 11 tokens


@pytest.fixture(autouse=True)
def limits(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """20 tokens for an address, 60 for a person, which are not refilled while a test runs."""
    settings.RATE_LIMIT_ANONYMOUS_BURST, settings.RATE_LIMIT_PERSON_BURST = 20, 60
    settings.RATE_LIMIT_ANONYMOUS = settings.RATE_LIMIT_PERSON = 0.001
    settings.PROCESSES = 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    for cached in (VIEWER, EXPENSIVE["query"]):
        parse_document(schema, cached)


def tokens_of(response: Any) -> tuple[int, int]:
    """The limit, and how many tokens remain, by the headers."""
    return int(response["RateLimit-Limit"]), int(response["RateLimit-Remaining"])


def test_an_operation_consumes_a_tenth_of_its_cost(post: Post) -> None:
    assert tokens_of(post({"query": VIEWER})) == (20, 19)
    response = post(EXPENSIVE)
    assert tokens_of(response) == (20, 8)
    assert int(response["RateLimit-Reset"]) > 0


def test_a_caller_without_tokens_is_refused_with_the_time_to_wait(post: Post) -> None:
    post(EXPENSIVE)
    for accept in ("application/json", GRAPHQL_JSON):
        response = post(EXPENSIVE, Accept=accept)
        assert refusal(response) == (429, "RATE_LIMITED")
        (error,) = response.json()["errors"]
        assert error["extensions"]["retryAfter"] == int(response["Retry-After"]) > 0
        assert tokens_of(response) == (20, 9)
    assert post({"query": VIEWER}).json() == NOBODY


def test_a_new_document_consumes_ten_tokens_even_if_it_is_refused(post: Post) -> None:
    assert tokens_of(post({"query": "{ nothing }"})) == (20, 10)
    assert tokens_of(post({"query": "{ nothing at all }"})) == (20, 0)
    assert refusal(post({"query": "{"})) == (429, "RATE_LIMITED")
    assert refusal(post({"query": VIEWER})) == (429, "RATE_LIMITED")


@pytest.mark.parametrize(
    ("body", "headers", "code", "consumed"),
    [
        ("{", {}, "BAD_REQUEST", 1),
        ({"query": 1}, {}, "BAD_REQUEST", 1),
        ({"query": VIEWER, "variables": {"a": [1] * 101}}, {}, "BAD_USER_INPUT", 1),
        ({"query": VIEWER, "operationName": "Nothing"}, {}, "OPERATION_RESOLUTION_FAILURE", 1),
        ({"documentId": "sha256:" + "0" * 64}, {}, "PERSISTED_QUERY_NOT_FOUND", 1),
        ({"query": VIEWER}, {"Accept": "text/html"}, "BAD_REQUEST", 1),
        ({"query": VIEWER}, {"Authorization": "Bearer nonsense"}, "UNAUTHENTICATED", 1),
        # What has consumed tokens already consumes none for the refusal.
        ("[" + "[]," * 43_000, {}, "BAD_REQUEST", 15),
        ("[" * 64_000 + "]" * 64_000, {}, "BAD_REQUEST", 15),
        (json.dumps({"query": VIEWER}).ljust(200_000), {}, "PAYLOAD_TOO_LARGE", 16),
        ({"query": "{ viewer { nothing } }"}, {}, "GRAPHQL_VALIDATION_FAILED", 10),
    ],
)
def test_a_refusal_consumes_tokens(body: Any, headers: dict[str, str], code: str, consumed: int, post: Post) -> None:
    response = post(body, **headers)
    assert refusal(response)[1] == code
    assert tokens_of(response) == (20, 20 - consumed)


def test_a_large_request_consumes_tokens_before_it_is_read(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    large = json.dumps({"query": VIEWER}).ljust(8192 * 3)
    assert tokens_of(post(large)) == (20, 16)
    assert tokens_of(post(large[:-8192])) == (20, 13)
    post({"query": "{ nothing }"})
    monkeypatch.setattr("api.views.read_request", None)
    response = post(large.ljust(8192 * 4))
    assert refusal(response) == (429, "RATE_LIMITED")
    assert tokens_of(response) == (20, 3)


def test_a_refused_request_of_a_person_consumes_their_own_tokens(
    post: Post, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.who("client"))
    assert tokens_of(post("{")) == (60, 59)
    assert tokens_of(post(json.dumps({"query": VIEWER}).ljust(8192))) == (60, 57)


def test_refusals_end_when_no_token_remains(post: Post) -> None:
    statuses = [post("{", Accept=GRAPHQL_JSON).status_code for _ in range(22)]
    assert statuses == [400] * 20 + [429] * 2
    assert refusal(post({"query": VIEWER}, Authorization="Bearer nonsense")) == (429, "RATE_LIMITED")


def test_a_document_that_is_named_by_its_hash_consumes_the_same(post: Post) -> None:
    query = "{ viewer { isStaff } } # by its hash"
    by_hash = {"documentId": f"sha256:{document_hash(query)}"}
    assert tokens_of(post({"query": query, **by_hash})) == (20, 9)
    assert tokens_of(post(by_hash)) == (20, 8)
    del parsing._documents[parsing.document_key(schema, query)]
    assert refusal(post(by_hash)) == (429, "RATE_LIMITED")


def test_a_cached_document_consumes_none(post: Post) -> None:
    query = "{ viewer { isStaff } } # of this test"
    assert tokens_of(post({"query": query})) == (20, 9)
    assert tokens_of(post({"query": query})) == (20, 8)


def test_each_person_has_their_own_tokens(post: Post, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("client", "other client"):
        monkeypatch.setattr("api.views.read_caller", lambda _, name=name: practice.who(name))
        assert tokens_of(post({"query": VIEWER})) == (60, 59)
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.who("nobody"))
    assert tokens_of(post({"query": VIEWER})) == (20, 19)


def request_from(client: Browser, address: str, forwarded: str | None = None) -> tuple[int, int]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    body = {"query": VIEWER}
    return tokens_of(
        client.post("/graphql/", body, content_type="application/json", REMOTE_ADDR=address, headers=headers)
    )


def test_each_address_has_its_own_tokens(client: Browser) -> None:
    assert request_from(client, "192.0.2.1") == (20, 19)
    assert request_from(client, "192.0.2.1") == (20, 18)
    assert request_from(client, "192.0.2.2") == (20, 19)
    assert request_from(client, "::ffff:192.0.2.1") == (20, 17)
    assert request_from(client, "::ffff:192.0.2.3") == (20, 19)
    assert request_from(client, "2001:db8:0:1::1") == (20, 19)
    assert request_from(client, "2001:db8:0:1:ffff::2") == (20, 18)
    assert request_from(client, "2001:db8:0:2::1") == (20, 19)


def test_only_trusted_proxies_may_forward_an_address(client: Browser, settings: Any) -> None:
    assert request_from(client, "192.0.2.1", "198.51.100.1") == (20, 19)
    assert request_from(client, "192.0.2.1", "198.51.100.2") == (20, 18)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert request_from(client, "192.0.2.1", "198.51.100.1") == (20, 19)
    # What the client itself sends is ignored.
    assert request_from(client, "192.0.2.1", "203.0.113.9, 198.51.100.1") == (20, 18)


@pytest.mark.parametrize("forwarded", ["nonsense", "", "1.2.3", "198.51.100.1:443", "[2001:db8::1]:443", "unknown"])
def test_a_malformed_forwarded_address_does_not_fail_the_request(
    forwarded: str, client: Browser, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    response = client.post(
        "/graphql/", {"query": VIEWER}, content_type="application/json", headers={"X-Forwarded-For": forwarded}
    )
    assert response.json() == NOBODY


def test_a_response_that_proxies_may_cache_has_no_rate_limit_headers(client: Browser, db: None) -> None:
    responses = [client.get("/graphql/", {"query": query}) for query in ("{ providers { totalCount } }", VIEWER)]
    assert ["RateLimit-Limit" in response for response in responses] == [False, True]


def test_zero_means_no_limit(post: Post, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS = 0
    for _ in range(30):
        response = post({"query": VIEWER})
        assert (response.json(), "RateLimit-Limit" in response) == (NOBODY, False)


RESERVE = """mutation($input: ReserveAppointmentInput!) {
    a: reserveAppointment(input: $input) { userErrors { code } }
    b: reserveAppointment(input: $input) { userErrors { code } }
}"""


def test_tries_to_reserve_have_a_limit_of_their_own(
    post: Post, practice: Practice, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMIT_PERSON = 0
    settings.RESERVATION_POLICY = replace(settings.RESERVATION_POLICY, max_reservations_per_hour=5)
    body = {"query": RESERVE, "variables": {"input": {"appointmentId": gid(practice.slots[12])}}}
    for name, statuses in (("client", [200, 200, 429]), ("other client", [200, 200, 429]), ("staff", [200] * 4)):
        monkeypatch.setattr("api.views.read_caller", lambda _, name=name: practice.who(name))
        assert [post(body).status_code for _ in statuses] == statuses


def test_tries_to_reserve_from_one_address_have_a_limit_together(
    client: Browser, practice: Practice, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise an attacker would hold more with every account."""
    settings.RATE_LIMIT_PERSON = 0
    settings.RESERVATION_POLICY = replace(settings.RESERVATION_POLICY, max_reservations_per_hour_of_network=5)
    body = {"query": RESERVE, "variables": {"input": {"appointmentId": gid(practice.slots[12])}}}

    def statuses(name: str, *addresses: str) -> list[int]:
        monkeypatch.setattr("api.views.read_caller", lambda _: practice.who(name))
        return [
            client.post("/graphql/", body, content_type="application/json", REMOTE_ADDR=address).status_code
            for address in addresses
        ]

    assert statuses("client", "192.0.2.1", "192.0.2.1", "192.0.2.1") == [200, 200, 429]
    assert statuses("other client", "192.0.2.1", "192.0.2.2") == [429, 200]
    assert statuses("staff", *["192.0.2.1"] * 4) == [200] * 4
    assert statuses("client", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1") == [200, 200, 429, 200]


def test_the_counters_of_hourly_limits_keep_their_names_in_redis() -> None:
    """Otherwise counts would begin anew with an upgrade, and during one both versions would allow as many."""
    limits = {name: mutation.command.hourly_limit for name, mutation in MUTATIONS.items()}
    assert {name: (limit.name, limit.network_name) for name, limit in limits.items() if limit} == {
        "reserveAppointment": ("reservations", "reservations-of-network")
    }
