"""Automatic persisted queries: a document is sent once, and later by its hash."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from cachetools import LRUCache
from django.core.cache import caches
from django.test import Client as Browser

from api.documents import texts
from api.documents.document import document_hash
from api.documents.persisted import MAX_TEXT_BYTES, PLACES, document_cache_keys, persisted_document
from api.documents.texts import forget_texts
from api.http.errors import RequestError
from api.schema import schema
from tests.api.test_views import GRAPHQL_JSON, NOBODY, VIEWER, refusal
from tests.conftest import Post

cache = caches["documents"]
HASH = document_hash(VIEWER)
NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}


def by_hash(sha256: str = HASH, version: Any = 1) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": sha256}}}


def clear_local_cache() -> None:
    """As in another process, which has only the shared cache."""
    forget_texts()


@pytest.fixture(autouse=True)
def empty_caches() -> Iterator[None]:
    cache.clear()
    clear_local_cache()
    yield
    cache.clear()
    clear_local_cache()


def test_a_registered_document_is_found_by_its_hash(post: Post) -> None:
    assert post(by_hash()).json() == {"errors": [NOT_FOUND]}
    assert post({"query": VIEWER, **by_hash()}).json() == NOBODY
    for _ in range(2):
        assert post(by_hash()).json() == NOBODY
        assert post({"query": None, "variables": {}, **by_hash()}).json() == NOBODY


def test_processes_share_registered_documents(post: Post) -> None:
    post({"query": VIEWER, **by_hash()})
    clear_local_cache()
    assert post(by_hash()).json() == NOBODY


def test_a_locally_cached_document_needs_no_shared_cache(post: Post) -> None:
    post({"query": VIEWER, **by_hash()})
    assert post(by_hash()).json() == NOBODY
    cache.clear()
    assert post(by_hash()).json() == NOBODY


def test_a_document_that_was_sent_without_its_hash_is_known_by_it(post: Post) -> None:
    query = "{ viewer { isStaff isAuthenticated } }"
    answer = post({"query": query}).json()
    assert "errors" not in answer
    assert post(by_hash(document_hash(query))).json() == answer


def test_a_process_remembers_a_bounded_amount_of_text(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_texts", LRUCache(10_000, getsizeof=sys.getsizeof))
    queries = [f"{{ viewer {{ {'isStaff ' * 10} a{number}: email }} }} #{'x' * 1000}" for number in range(20)]
    for query in queries:
        assert "errors" not in post({"query": query, **by_hash(document_hash(query))}).json()
    assert texts._texts.currsize <= 10_000
    cache.clear()
    found = ["errors" not in post(by_hash(document_hash(query))).json() for query in queries]
    assert found == sorted(found)
    assert 0 < sum(found) < len(queries)


def test_persisted_queries_work_by_get(client: Browser) -> None:
    hashed = {"extensions": json.dumps(by_hash()["extensions"])}
    assert client.get("/graphql/", hashed).json() == {"errors": [NOT_FOUND]}
    assert client.get("/graphql/", {"query": VIEWER, **hashed}).json() == NOBODY
    assert client.get("/graphql/", {"variables": "{}", **hashed}).json() == NOBODY


def test_the_document_id_of_the_specification_works_too(client: Browser, post: Post) -> None:
    post({"query": VIEWER, **by_hash()})
    assert post({"documentId": f"sha256:{HASH}"}).json() == NOBODY
    assert client.get("/graphql/", {"documentId": f"sha256:{HASH}"}).json() == NOBODY


@pytest.mark.parametrize(
    "document_id", ["abc", "sha256:abc", "a b", "x" * 400, "\x00", "a\r\nb", "é", HASH.upper(), HASH + "\n"]
)
def test_an_id_that_is_no_hash_is_not_found(document_id: str, post: Post) -> None:
    assert refusal(post({"documentId": document_id})) == (200, "PERSISTED_QUERY_NOT_FOUND")


def test_a_mutation_by_hash_needs_post(client: Browser, post: Post, db: None) -> None:
    query = 'mutation { createService(input: {name: "S", durationMinutes: 15}) { userErrors { code } } }'
    hashed = by_hash(document_hash(query))
    assert post({"query": query, **hashed}).json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert refusal(client.get("/graphql/", {"extensions": json.dumps(hashed["extensions"])})) == (405, "BAD_REQUEST")


def test_a_wrong_hash_is_refused_and_registers_nothing(post: Post) -> None:
    wrong = document_hash("{ viewer { email } }")
    assert refusal(post({"query": VIEWER, **by_hash(wrong)})) == (200, "BAD_USER_INPUT")
    assert refusal(post(by_hash(wrong))) == (200, "PERSISTED_QUERY_NOT_FOUND")


@pytest.mark.parametrize("source", ["{", "{ nothing }", "{ " + "__typename " * 30 + "}"])
def test_an_invalid_document_is_not_registered(source: str, post: Post) -> None:
    hashed = by_hash(document_hash(source))
    assert "errors" in post({"query": source, **hashed}).json()
    assert refusal(post(hashed)) == (200, "PERSISTED_QUERY_NOT_FOUND")


@pytest.mark.parametrize("value", ["{ viewer { email } }", 1, None, [], {"a": 1}])
def test_a_text_in_the_cache_is_used_only_if_it_has_the_hash(value: Any, post: Post) -> None:
    cache.set_many(dict.fromkeys(document_cache_keys(HASH), value))
    assert refusal(post(by_hash())) == (200, "PERSISTED_QUERY_NOT_FOUND")


@pytest.mark.parametrize("version", [2, 0, None, "1"])
def test_another_version_of_the_protocol_is_not_supported(version: Any, post: Post) -> None:
    assert refusal(post(by_hash(version=version))) == (200, "PERSISTED_QUERY_NOT_SUPPORTED")


def test_persisted_queries_can_be_switched_off(post: Post, settings: Any) -> None:
    settings.GRAPHQL_PERSISTED_QUERIES = False
    answer = post({"query": VIEWER, **by_hash()})
    assert refusal(answer) == (200, "PERSISTED_QUERY_NOT_SUPPORTED")
    assert answer.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
    assert post({"query": VIEWER}).json() == NOBODY


def test_an_unknown_hash_is_404_for_clients_that_accept_graphql_responses(post: Post) -> None:
    # Not 400, on which older Apollo clients stop using persisted queries.
    response = post(by_hash(), Accept=GRAPHQL_JSON)
    assert (refusal(response), response["Cache-Control"]) == ((404, "PERSISTED_QUERY_NOT_FOUND"), "no-store")


# --- Documents of strangers ------------------------------------------------------------------------------------------


def register_many(number: int, *, length: int) -> list[str]:
    """Register so many documents of this length in bytes. Returns their hashes."""
    fill = "\U0001f363" * (length // 4 - 6)  # a quarter of the characters that the parser of Python has to read
    sources = [f"{{ __typename }} # {place:05} {fill}" for place in range(number)]
    for source in sources:
        persisted_document(schema, source=source, sha256=document_hash(source))
    return [document_hash(source) for source in sources]


def is_registered(sha256: str) -> bool:
    """Whether another process finds the document."""
    clear_local_cache()
    try:
        persisted_document(schema, source=None, sha256=sha256)
    except RequestError:
        return False
    return True


@pytest.mark.no_cover  # long, and others execute the same
def test_registered_documents_do_not_evict_what_else_is_in_the_cache(rows: str) -> None:
    # 22 MB of documents, in a Memcached server of 16 MB.
    answers = caches["answers"]
    names = [f"answer-{number}" for number in range(100)]
    answers.set_many(dict.fromkeys(names, "x" * 14_000))
    hashes = register_many(1500, length=14_900)
    assert len(answers.get_many(names)) == 100
    assert 0 < sum(map(is_registered, hashes)) <= PLACES


def test_a_few_documents_do_not_replace_each_other() -> None:
    assert all(map(is_registered, register_many(60, length=100)))


def test_a_document_is_stored_once(post: Post) -> None:
    for _ in range(3):
        post({"query": VIEWER, **by_hash()})
    assert list(cache.get_many(document_cache_keys(HASH)).values()) == [VIEWER]


def test_a_document_that_is_too_long_in_bytes_is_not_shared(post: Post) -> None:
    source = f"{VIEWER} # " + "\U0001f363" * (MAX_TEXT_BYTES // 4)
    sha256 = document_hash(source)
    assert post({"query": source, **by_hash(sha256)}).json() == NOBODY
    assert post(by_hash(sha256)).json() == NOBODY  # by the process itself
    assert not is_registered(sha256)
