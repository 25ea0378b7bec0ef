"""What caches tell of themselves."""

from collections.abc import Iterator
from typing import Any

import pytest

from cache.client import cache_read


class Count(dict[str, list[int]]):
    """How many hits, misses and errors each cache has told of."""

    def note(self, cache: str, hits: int, misses: int, errors: int, **_: Any) -> None:
        before = self.setdefault(cache, [0, 0, 0])
        self[cache] = [one + more for one, more in zip(before, (hits, misses, errors), strict=True)]


@pytest.fixture
def counted() -> Iterator[Count]:
    count = Count()
    cache_read.connect(count.note)
    yield count
    cache_read.disconnect(count.note)
