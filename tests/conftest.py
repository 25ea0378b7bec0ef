"""Fixtures that tests of several folders share."""

import gc
import json
import shutil
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client as Browser
from mirakuru import TCPExecutor

from api.context import Context
from api.documents import parse_document
from api.execution import execute_document
from api.schema import schema
from cache.circuit_breaker import reset_circuit_breakers
from cache.client import cache_at
from cache.connection import close_connections
from cache.generations import forget_pending
from reservation.domain.caller import ANONYMOUS, Caller
from reservation.models import User
from tests.answer import Answer
from tests.factories import NOW, make_client, make_user
from tests.practice import Practice, make_practice
from tests.runs import pytest_addoption, pytest_ignore_collect  # noqa: F401 (hooks of pytest)
from tests.servers import HOST, free_port
from tests.stores import empty_memcached

CREDENTIALS = {"email": "cleo@example.com", "password": "correct-horse-9"}

Post = Callable[..., Any]
Send = Callable[..., Any]
Viewer = Callable[[str], Any]

CACHES = tuple(settings.CACHES)
"""The names of all caches."""

PATIENT_SECONDS = 10
"""How long tests wait for Memcached and Redis, which respond late while other tests keep the machine busy."""


def pytest_collection() -> None:
    """What collecting makes is there to stay: a search for garbage in it takes a third of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="module")
def memcached() -> Iterator[str]:
    """The URL of a Memcached server that the tests of a module share."""
    if not shutil.which("memcached"):
        pytest.skip("memcached is not installed")
    port = free_port()
    command = ["memcached", "-l", HOST, "-p", str(port), "-U", "0", "-m", "16", "-u", "nobody"]
    with TCPExecutor(command, host=HOST, port=port, timeout=30):
        yield f"memcached://{HOST}:{port}"


@pytest.fixture
def rows(transactional_db: None, memcached: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a Memcached server that all caches of this test use; it is empty when the test begins.

    Its time-outs are longer than those of the product, which a machine that is busy with other tests exceeds.
    """
    for module in ("cache.client", "cache.connection"):
        for name in ("CONNECT_TIMEOUT_SECONDS", "READ_TIMEOUT_SECONDS"):
            monkeypatch.setattr(f"{module}.{name}", PATIENT_SECONDS)
    settings.MEMCACHED_URL = memcached
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    empty_memcached(memcached)
    reset_circuit_breakers()
    yield memcached
    forget_pending()
    close_connections()


@pytest.fixture
def redis() -> Iterator[TCPExecutor]:
    """A Redis server for this test. Skipped where Redis is not installed: script/test installs it."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    with TCPExecutor(command, host=HOST, port=port, timeout=30) as server:
        yield server


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """Execute a document as this caller, at this instant, without HTTP."""

    def ask(source: str, *, caller: Caller = ANONYMOUS, now: datetime = NOW, **variables: Any) -> Answer:
        document = parse_document(schema, source)
        result = execute_document(schema, document.tree, context=Context(now=now, caller=caller), variables=variables)
        return Answer(result.data, result.errors or [])

    return ask


# --- Over HTTP ----


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice()


@pytest.fixture
def post(client: Browser) -> Post:
    """Post a body to the GraphQL endpoint: text and bytes as they are, anything else as JSON."""

    def post(body: Any, *, path: str = "/graphql/", content_type: str = "application/json", **headers: str) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return client.post(path, text, content_type=content_type, headers=headers)

    return post


@pytest.fixture
def readable() -> Callable[[Any], Any]:
    """Replace ids and cursors by readable names, for a snapshot: rows are numbered in the order in which they appear,
    so that the snapshot does not depend on the keys that the database assigns."""
    numbers: dict[tuple[str, int], int] = {}

    def number(noun: str, key: int) -> int:
        return numbers.setdefault((noun, key), 1 + sum(known == noun for known, _ in numbers))

    def read(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: read(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [read(one) for one in value]
        if name == "id":
            noun, _, key = b64decode(value).decode().partition(":")
            return f"<{noun} {number(noun, int(key))}>"
        if value is not None and name.lower().endswith("cursor"):
            ordering, key, pk = json.loads(urlsafe_b64decode(value))
            return f"<{ordering} {key} {number(ordering.strip('-').partition('.')[0], pk)}>"
        return value

    return read


@pytest.fixture
def user(db: None) -> User:
    """The account of a client, with CREDENTIALS as its e-mail address and password."""
    return make_client(user=make_user(**CREDENTIALS)).user


@pytest.fixture
def send(client: Browser) -> Send:
    """Post JSON, or bytes as they are, to a path of allauth's API for applications. No earlier attempt is counted."""
    cache.clear()

    def send(path: str, body: Any) -> Any:
        text = body if isinstance(body, bytes) else json.dumps(body)
        return client.post(f"/auth/app/v1/{path}", text, content_type="application/json")

    return send


@pytest.fixture
def viewer(client: Browser) -> Viewer:
    """Returns the caller's e-mail address for this Authorization header, or the status and the code of the error."""

    def viewer(header: str) -> Any:
        response = client.get("/graphql/", {"query": "{ viewer { email } }"}, headers={"Authorization": header})
        if response.status_code == 200:
            return response.json()["data"]["viewer"]["email"]
        assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        return response.status_code, response.json()["errors"][0]["extensions"]["code"]

    return viewer
