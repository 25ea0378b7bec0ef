"""The response cache: which responses are cached, under which keys, and what invalidates them."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from cache import generations, responses
from cache.catalogue import invalidate_catalogue
from cache.client import Memcached, cache_at
from cache.connection import READ_TIMEOUT_SECONDS, connections
from cache.invalidation import invalidate_calendars
from cache.responses import find_response
from ops.metrics import Metrics, families
from reservation.domain.appointment import withdraw
from reservation.domain.reservation import reserve
from tests.cache.conftest import Count, counted
from tests.conftest import CACHES, Post
from tests.factories import NOW, TOMORROW, caller
from tests.ops.metrics.conftest import counting
from tests.practice import Practice, gid, make_practice
from tests.servers import HOST, free_port

__all__ = ["counted", "counting"]

NAMES = "{ providers { nodes { name } } }"
OPEN = """query Open($of: [ID!], $from: DateTime!, $before: DateTime!) {
  openAppointments(filter: {providerIds: $of, startsFrom: $from, startsBefore: $before}) { nodes { id } }
}"""
WEEK = {"from": TOMORROW.isoformat(), "before": TOMORROW.replace(day=9).isoformat()}


@pytest.fixture
def cached(rows: str) -> Practice:
    """A practice whose responses are cached."""
    return make_practice()


@pytest.fixture
def is_cached(post: Post, counted: Count) -> Callable[..., bool]:
    """Whether the response to this query comes from the cache."""

    def is_cached(query: str = NAMES, **variables: Any) -> bool:
        counted.pop(responses.CACHE, None)
        response = post({"query": query, "variables": variables})
        assert "errors" not in response.json()
        hits, misses, errors = counted[responses.CACHE]
        assert (hits + misses, errors) == (1, 0)
        return bool(hits)

    return is_cached


# --- Cached responses -----------------------------------------------------------------------------------------------


def test_a_cached_response_takes_no_statement_whatever_the_method_and_media_type(
    cached: Practice, client: Browser, post: Post, counting: Metrics
) -> None:
    first = post({"query": NAMES})
    assert {one["name"] for one in first.json()["data"]["providers"]["nodes"]} == {"Anna", "Bert"}
    with CaptureQueriesContext(connection) as captured:
        again = post({"query": NAMES})
        got = client.get("/graphql/", {"query": NAMES})
        other = client.get("/graphql/", {"query": NAMES}, headers={"Accept": "application/graphql-response+json"})
        has_it = client.get("/graphql/", {"query": NAMES}, headers={"If-None-Match": got["ETag"]})
    assert len(captured) == 0
    assert first.content == again.content == got.content == other.content
    assert (again["Content-Type"], again["Cache-Control"]) == (first["Content-Type"], "no-store")
    assert other["Content-Type"] == "application/graphql-response+json; charset=utf-8"
    assert (got["Cache-Control"], "ETag" in again) == ("public, max-age=0, s-maxage=1", False)
    assert (has_it.status_code, has_it.content) == (304, b"")
    total = counting.total()
    assert total.of(families.GRAPHQL_REQUESTS) == {("providers",): 5}
    assert total.of(families.CACHE_READS)["answers", "hit"] == 4
    assert total.of(families.CACHE_READS)["answers", "miss"] == 1


def test_an_authenticated_caller_gets_the_cached_response_and_an_invalid_token_is_refused(
    cached: Practice, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = post({"query": NAMES})
    refused = post({"query": NAMES}, Authorization="Bearer nothing")
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    caller = cached.who("client")
    monkeypatch.setattr("api.views.read_caller", lambda _: caller)
    with CaptureQueriesContext(connection) as captured:
        assert post({"query": NAMES}, Authorization="Bearer somebody").content == first.content
    assert len(captured) == 0


def test_a_cached_response_consumes_tokens_as_any_other(cached: Practice, post: Post, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS, settings.RATE_LIMIT_ANONYMOUS_BURST = 1, 60
    left = [int(post({"query": NAMES})["RateLimit-Remaining"]) for _ in range(3)]
    assert left[0] > left[1] > left[2]


def test_a_response_with_the_cost_is_not_cached(cached: Practice, post: Post) -> None:
    bodies = [post({"query": NAMES}, **headers).json() for headers in ({}, {"GraphQL-Cost": "report"}, {})]
    assert ["extensions" in one for one in bodies] == [False, True, False]


def test_the_response_cache_can_be_switched_off(cached: Practice, post: Post, settings: Any, counted: Count) -> None:
    settings.GRAPHQL_RESPONSE_CACHE_SECONDS = 0
    assert post({"query": NAMES}).content == post({"query": NAMES}).content
    assert responses.CACHE not in counted


# --- Keys -----------------------------------------------------------------------------------------------------------


def test_another_text_operation_or_variable_has_another_key(cached: Practice, is_cached: Callable[..., bool]) -> None:
    search = "query($text: String) { providers(filter: {search: $text}) { nodes { name } } }"
    requests: list[tuple[str, dict[str, Any]]] = [
        (NAMES, {}),
        (NAMES + " ", {}),
        (search, {}),
        (search, {"text": None}),
        (search, {"text": "a"}),
        (search, {"text": "b"}),
    ]
    assert [is_cached(query, **variables) for query, variables in requests * 2] == [False] * 6 + [True] * 6
    assert is_cached(search, text="a", nobody_asks_for="this")


def test_operations_of_one_document_have_their_own_keys(cached: Practice, post: Post) -> None:
    query = "query A { providers { totalCount } } query B { services { totalCount } }"
    for _ in range(2):
        assert post({"query": query, "operationName": "A"}).json()["data"].keys() == {"providers"}
        assert post({"query": query, "operationName": "B"}).json()["data"].keys() == {"services"}


def test_executors_have_their_own_keys(cached: Practice, is_cached: Callable[..., bool], settings: Any) -> None:
    kinds = []
    for settings.GRAPHQL_EXECUTOR in ("columnar", "standard", "columnar"):
        kinds.append(is_cached())
    assert kinds == [False, False, True]


# --- Invalidation ---------------------------------------------------------------------------------------------------


def test_a_change_invalidates_the_responses_that_show_it_and_no_others(
    cached: Practice, is_cached: Callable[..., bool]
) -> None:
    anna, bert = gid(cached.provider), gid(cached.other_provider)
    of_provider = """query($id: ID!, $from: DateTime!, $before: DateTime!) { provider(id: $id) {
      openAppointments(startsFrom: $from, startsBefore: $before) { nodes { id provider { name } } } } }"""
    next_one = "query($of: [ID!]) { nextOpenAppointment(providerIds: $of) { id } }"
    theirs: list[tuple[str, dict[str, Any]]] = [
        (OPEN, {"of": [anna], **WEEK}),
        (of_provider, {"id": anna, **WEEK}),
        (next_one, {"of": [anna]}),
    ]
    others: list[tuple[str, dict[str, Any]]] = [
        (OPEN, {"of": [bert], **WEEK}),
        (of_provider, {"id": bert, **WEEK}),
        (NAMES, {}),
    ]
    of_all: list[tuple[str, dict[str, Any]]] = [
        (OPEN, WEEK),
        (OPEN, {"of": [anna, bert], **WEEK}),
        (next_one, {}),
        ("query($id: ID!) { appointment(id: $id) { isOpen } }", {"id": gid(cached.slots[12])}),
        (
            "query($id: ID!) { ...F } fragment F on Query { appointment(id: $id) { isOpen } }",
            {"id": gid(cached.slots[12])},
        ),
        (
            "query($id: ID!, $from: DateTime!, $before: DateTime!) { provider(id: $id) { services(first: 2) { nodes {"
            " providers(first: 2) { nodes { openAppointments(startsFrom: $from, startsBefore: $before) { nodes { id } }"
            " } } } } } }",
            {"id": bert, **WEEK},
        ),
    ]

    def which() -> list[list[bool]]:
        return [[is_cached(query, **variables) for query, variables in some] for some in (theirs, others, of_all)]

    nothing, all_of_it = ([[one] * len(some) for some in (theirs, others, of_all)] for one in (False, True))
    assert which() == nothing
    assert which() == all_of_it
    # When Anna's calendar changes
    reserve(caller=caller(cached.other_client), appointment_id=cached.slots[12].pk, now=NOW)
    # Then the responses that show it are invalidated
    assert which() == [nothing[0], all_of_it[1], nothing[2]]
    assert which() == all_of_it
    # When the catalogue changes, all are
    cached.other_provider.save()
    assert which() == nothing


def test_a_change_is_seen_by_the_next_reader(cached: Practice, post: Post) -> None:
    def ids() -> list[str]:
        nodes = post({"query": OPEN, "variables": WEEK}).json()["data"]["openAppointments"]["nodes"]
        return [node["id"] for node in nodes]

    before = ids()
    assert ids() == before
    for taken in before[:3]:
        slot = next(slot for slot in cached.slots if gid(slot) == taken)
        withdraw(
            caller=cached.staff, provider_id=cached.provider.pk, starts_at=slot.starts_at, ends_at=slot.ends_at, now=NOW
        )
        assert taken not in ids()
        before.remove(taken)
        assert ids() == before


def test_errors_are_not_cached(cached: Practice, post: Post, counted: Count) -> None:
    for query in ('{ provider(id: "garbage") { id } }', "{ providers(first: 1, last: 1) { nodes { id } } }"):
        counted.pop(responses.CACHE, None)
        assert [len(post({"query": query}).json()["errors"]) for _ in range(3)] == [1, 1, 1]
        assert counted[responses.CACHE] == [0, 3, 0]


def test_nothing_is_cached_within_a_transaction(cached: Practice, post: Post, counted: Count) -> None:
    with transaction.atomic():
        cached.provider.name = "Not committed"
        cached.provider.save()
        assert b"Not committed" in post({"query": NAMES}).content
        transaction.set_rollback(True)
    assert b"Not committed" not in post({"query": NAMES}).content
    assert counted[responses.CACHE] == [0, 1, 0]


# --- The single-flight lock -----------------------------------------------------------------------------------------


def ask_at_once(number: int) -> list[bytes | None]:
    """What so many threads find in the cache at the same time; a thread that finds nothing computes the response."""
    found: list[bytes | None] = []
    ready = threading.Barrier(number)

    def ask() -> None:
        ready.wait()
        with find_response("key", generations=["a"], seconds=60) as answer:
            found.append(answer.body)
            if answer.body is None:
                time.sleep(0.01)
                answer.store(b"made")
        for used in connections().values():
            used.close()

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting threads wait for as long as it takes on a slow machine."""
    monkeypatch.setattr(responses, "PAUSES", (0.01,) * 1000)


def test_of_many_concurrent_misses_one_computes_the_response(rows: str, patient: None) -> None:
    assert Counter(ask_at_once(8)) == {None: 1, b"made": 7}


def test_an_abandoned_lock_delays_others_only_briefly(rows: str) -> None:
    answer = find_response("key", generations=["a"], seconds=60)
    assert answer.lock
    started = time.monotonic()
    others = [find_response("key", generations=["a"], seconds=60) for _ in range(2)]
    assert [(other.body, other.lock) for other in others] == [(None, None)] * 2
    assert time.monotonic() - started >= 2 * sum(responses.PAUSES)
    others[0].store(b"made")
    assert find_response("key", generations=["a"], seconds=60).body == b"made"


def test_a_failure_releases_the_lock(rows: str) -> None:
    with pytest.raises(ZeroDivisionError), find_response("key", generations=["a"], seconds=60):
        1 / 0  # noqa: B018
    assert find_response("key", generations=["a"], seconds=60).lock


def test_while_one_refreshes_the_response_others_get_the_former(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with find_response("key", generations=["a"], seconds=60) as first:
        first.store(b"former")
    monkeypatch.setattr(responses, "STALE_SOON_AFTER", 0)
    with find_response("key", generations=["a"], seconds=60) as renewing:
        assert (renewing.body, bool(renewing.lock)) == (None, True)
        assert find_response("key", generations=["a"], seconds=60).body == b"former"
        renewing.store(b"new")
    monkeypatch.undo()
    assert find_response("key", generations=["a"], seconds=60).body == b"new"


def test_an_expired_response_is_a_miss(rows: str) -> None:
    with find_response("key", generations=["a"], seconds=60) as first:
        first.store(b"former")
    assert find_response("key", generations=["a"], seconds=0.000_001).body is None


# --- Stale and invalid entries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_response_that_raced_with_a_change_is_never_served(rows: str, is_changed: bool) -> None:
    with find_response("key", generations=["catalogue"], seconds=60) as slow:
        if is_changed:
            invalidate_catalogue()
        slow.store(b"read before")
    assert (find_response("key", generations=["catalogue"], seconds=60).body is None) is is_changed


def test_calendars_are_invalidated_in_one_round_trip(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    cache = type(caches["generations"])
    write = cache.set_many
    monkeypatch.setattr(
        cache, "set_many", lambda self, data, **more: (begun.append(sorted(data)), write(self, data, **more))[1]
    )
    invalidate_calendars([1, 2, 3])
    assert begun == [["calendar:1", "calendar:2", "calendar:3", "calendars"]]


def test_a_response_is_not_used_when_its_invalidation_is_sent_while_it_is_read(
    rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change was acknowledged before the read began, and Memcached heard of it only afterwards."""
    with find_response("key", generations=["a"], seconds=60) as first:
        first.store(b"former")
    read = Memcached.get_with

    def read_before_it_is_sent(self: Memcached, *arguments: Any) -> Any:
        found = read(self, *arguments)
        assert generations.send_pending()
        return found

    generations._pending["a"] = object()
    monkeypatch.setattr(Memcached, "get_with", read_before_it_is_sent)
    assert find_response("key", generations=["a"], seconds=60).body is None


@pytest.mark.parametrize("value", [b"", b"\n", b"garbage", b"[1]\nx", b'["x", 1]\nx', b"null\nx", 17, "text", None])
def test_an_invalid_entry_is_a_miss_and_no_error(rows: str, value: Any) -> None:
    caches[responses.CACHE].set("key", value, 60)
    assert find_response("key", generations=["a"], seconds=60).body is None


def test_a_large_response_is_not_cached(rows: str) -> None:
    for size in (responses.MAX_BYTES, responses.MAX_BYTES + 1):
        with find_response(str(size), generations=["a"], seconds=60) as answer:
            answer.store(b"x" * size)
        assert (find_response(str(size), generations=["a"], seconds=60).body is None) is (size > responses.MAX_BYTES)


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a server that accepts connections and never responds."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield f"{HOST}:{listener.getsockname()[1]}"


@pytest.mark.parametrize("state", ["refusing", "hanging"])
def test_without_memcached_every_request_is_executed(
    state: str,
    cached: Practice,
    post: Post,
    hanging: str,
    counted: Count,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = post({"query": NAMES}).content
    for module in ("cache.client", "cache.connection"):
        monkeypatch.setattr(f"{module}.READ_TIMEOUT_SECONDS", READ_TIMEOUT_SECONDS)  # not that of `rows`
    url = f"memcached://{hanging if state == 'hanging' else f'{HOST}:{free_port()}'}"
    settings.CACHES = {name: cache_at(url, name=name) for name in CACHES}
    counted.clear()
    assert [post({"query": NAMES}).content for _ in range(3)] == [expected] * 3
    hits, misses, errors = counted[responses.CACHE]
    assert (hits, misses, errors > 0) == (0, 0, True)
