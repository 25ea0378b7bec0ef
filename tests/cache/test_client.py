"""The Memcached client, with a real, a refusing and a hanging server. Skipped where Memcached is not installed."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.test import Client as Browser

from api.documents.document import document_hash
from api.documents.persisted import document_cache_keys
from api.documents.texts import forget_texts
from cache.client import cache_at
from cache.connection import connections
from tests.servers import HOST, free_port

VIEWER = "{ viewer { isStaff } }"
HASHED = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": document_hash(VIEWER)}}}


@pytest.fixture
def refusing() -> str:
    """The URL of a Memcached that refuses connections."""
    return f"memcached://{HOST}:{free_port()}"


@pytest.fixture
def hanging() -> Iterator[str]:
    """The URL of a Memcached that accepts connections and never responds."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield f"memcached://{HOST}:{listener.getsockname()[1]}"


@pytest.fixture
def use(settings: Any) -> Any:
    def use(url: str) -> Any:
        settings.CACHES = {name: cache_at(url, name=name) for name in ("default", "documents")}
        return caches["documents"]

    yield use
    forget_texts()
    for kept in connections().values():
        kept.close()


@pytest.mark.parametrize("value", ["text", "é🙂", "", 1, 1.5, None, True, [1, "a"], {"a": [None]}])
def test_values_are_read_from_memcached_as_they_were_written(value: Any, memcached: str, use: Any) -> None:
    cache = use(memcached)
    cache.set("key", value, 60)
    assert cache.get("key", "nothing") == value
    cache.set_many({"a": value, "b": value}, 60)
    assert cache.get_many(["a", "b", "c"]) == {"a": value, "b": value}
    cache.delete("key")
    assert cache.get("key", "nothing") == "nothing"


def test_a_lock_is_acquired_once(memcached: str, use: Any) -> None:
    cache = use(memcached)
    assert (cache.add("lock", 1, 60), cache.add("lock", 1, 60)) == (True, False)


def test_numbers_can_be_incremented(memcached: str, use: Any) -> None:
    cache = use(memcached)
    cache.set("count", 41, 60)
    assert (cache.incr("count"), cache.get("count")) == (42, 42)


def test_documents_are_registered_in_memcached(memcached: str, use: Any, client: Browser) -> None:
    cache = use(memcached)
    body = {"query": VIEWER, **HASHED}
    response = client.post("/graphql/", body, content_type="application/json").json()
    assert response == {"data": {"viewer": {"isStaff": False}}}
    assert list(cache.get_many(document_cache_keys(document_hash(VIEWER))).values()) == [VIEWER]
    forget_texts()
    assert client.post("/graphql/", HASHED, content_type="application/json").json() == response


@pytest.mark.parametrize("state", ["refusing", "hanging"])
def test_with_an_unavailable_or_hanging_server_reads_are_misses_and_nothing_fails(
    state: str, request: pytest.FixtureRequest, use: Any, client: Browser
) -> None:
    cache = use(request.getfixturevalue(state))
    cache.set("key", "value", 60)
    assert cache.get("key") is None
    assert cache.get_many(["key"]) == {}
    assert cache.add("lock", 1, 60)
    assert not cache.touch("key", 60)
    assert not cache.delete("key")
    cache.delete_many(["key"])
    with pytest.raises(ValueError, match="unavailable"):
        cache.incr("key")
    body = {"query": VIEWER, **HASHED}
    response = client.post("/graphql/", body, content_type="application/json").json()
    assert response == {"data": {"viewer": {"isStaff": False}}}
    # What this process has registered it knows, though Memcached could not store it
    assert client.post("/graphql/", HASHED, content_type="application/json").json() == response
    forget_texts()
    (error,) = client.post("/graphql/", HASHED, content_type="application/json").json()["errors"]
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def test_a_value_that_memcached_refuses_is_a_miss_and_the_server_goes_on_being_used(memcached: str, use: Any) -> None:
    cache = use(memcached)
    for _ in range(5):  # as many failures would end the use of the server
        cache.set("large", "x" * 2**21, 60)  # more than an item may have
    cache.set("small", "x", 60)
    assert (cache.get("large"), cache.get("small")) == (None, "x")


def test_without_memcached_each_process_has_a_cache_in_memory() -> None:
    assert cache_at("", name="default")["BACKEND"].endswith("LocMemCache")


def test_one_url_names_several_servers() -> None:
    assert cache_at("memcached://a:1,b:2", name="default")["LOCATION"] == ["a:1", "b:2"]


def test_a_request_closes_no_cache(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Since closing all caches would take as long as a read from Memcached."""
    closed: list[BaseCache] = []
    monkeypatch.setattr(BaseCache, "close", lambda cache, **_: closed.append(cache))
    assert caches["default"].get("anything") is None
    assert client.get("/health/live/").status_code == 200
    assert closed == []
    caches.close_all()
    assert closed
