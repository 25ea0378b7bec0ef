"""What every test can ask for."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from mirakuru import TCPExecutor

from api.context import Context
from api.documents import parse_document
from api.errors import answer
from api.execution import execute_document
from api.schema import schema
from reservation.cache.connection import connections
from reservation.cache.memcached import cache_at
from reservation.domain.caller import ANONYMOUS, Caller
from tests.factories import NOW
from tests.servers import HOST, free_port
from tests.stores import empty_memcached

CACHES = tuple(settings.CACHES)
"""The names of the caches that there are."""


@dataclass(frozen=True)
class Answer:
    """What an operation answered: its data, and the errors as exceptions."""

    data: Any
    errors: list[Any]

    @property
    def codes(self) -> list[str]:
        """What a client is told of each error."""
        return [answer(error, request_id="")["extensions"]["code"] for error in self.errors]


@pytest.fixture(scope="module")
def memcached() -> Iterator[str]:
    """The URL of a Memcached of our own."""
    if not shutil.which("memcached"):
        pytest.skip("memcached is not installed")
    port = free_port()
    command = ["memcached", "-l", HOST, "-p", str(port), "-U", "0", "-m", "16", "-u", "nobody"]
    with TCPExecutor(command, host=HOST, port=port, timeout=30):
        yield f"memcached://{HOST}:{port}"


@pytest.fixture
def rows(transactional_db: None, memcached: str, settings: Any) -> Iterator[str]:
    """The URL of a Memcached that keeps what is read from the database; it is empty when a test begins."""
    settings.MEMCACHED_URL = memcached
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    empty_memcached(memcached)
    yield memcached
    for kept in connections().values():
        kept.close()


@pytest.fixture
def redis() -> Iterator[TCPExecutor]:
    """A Redis of our own. Skipped where it is not installed: script/test installs it."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    with TCPExecutor(command, host=HOST, port=port, timeout=30) as server:
        yield server


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """Execute a document as somebody, at an instant, without HTTP."""

    def ask(source: str, *, caller: Caller = ANONYMOUS, now: datetime = NOW, **variables: Any) -> Answer:
        document = parse_document(schema, source)
        result = execute_document(schema, document.tree, context=Context(now=now, caller=caller), variables=variables)
        return Answer(result.data, result.errors or [])

    return ask
