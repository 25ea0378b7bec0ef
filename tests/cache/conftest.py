"""Fixtures of the tests of the cache."""

from collections.abc import Iterator
from typing import Any

import pytest

from cache.circuit_breaker import reset_circuit_breakers
from cache.client import cache_read
from cache.generations import forget_pending


class Count(dict[str, list[int]]):
    """The numbers of hits, misses and errors of each cache."""

    def add(self, cache: str, hits: int, misses: int, errors: int, **_: Any) -> None:
        before = self.setdefault(cache, [0, 0, 0])
        self[cache] = [one + more for one, more in zip(before, (hits, misses, errors), strict=True)]


@pytest.fixture
def counted() -> Iterator[Count]:
    count = Count()
    cache_read.connect(count.add)
    yield count
    cache_read.disconnect(count.add)


def forget_failures() -> None:
    """As in a new process: every server is used, and nothing is pending."""
    reset_circuit_breakers()
    forget_pending()
