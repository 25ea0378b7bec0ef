"""The size of a response. An execution stops as soon as its response is sure to be too large.

What is counted while it is completed is less than the response: texts, and the names of fields. Objects that occur at
several places are completed once, so only `measure` knows how often they are written.
"""

from typing import Any, TypeAlias

import orjson

from api.execution.columns import Column

JsonValue: TypeAlias = dict[str, Any] | list[Any] | str | int | float | None
"""A value of JSON."""

PUNCTUATION = 4
"""The quotes of a field's name, the colon and the comma."""


class ResponseTooLarge(Exception):
    """The response has more bytes than it may have. Nothing of it is returned."""


class SizeExceeded(BaseException):
    """Ends an execution: an Exception would become the error of one field, and the execution would go on."""


class SizeLimit:
    """Counts what one execution has completed.

    maximum: how many bytes the response may have.
    """

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum
        self.counted = 0

    def add(self, size: int) -> None:
        """Count bytes. Raises SizeExceeded."""
        self.counted += size
        if self.counted > self.maximum:
            raise SizeExceeded

    def add_values(self, values: Column) -> None:
        """Count the texts among these scalars. Raises SizeExceeded."""
        self.add(sum(map(text_bytes, values)))


def text_bytes(value: Any) -> int:
    """How many bytes a scalar takes at least."""
    if not isinstance(value, str):
        return 1
    return len(value) if value.isascii() else len(value.encode(errors="replace"))


def measure(value: Any, *, maximum: int) -> int:
    """How many bytes a value takes as JSON. Takes time for each object once, however often it occurs.

    Raises ResponseTooLarge when it takes more than the maximum.
    """
    return Measure(maximum).size_of(value)


class Measure:
    """Caches sizes by the identity of values, which all belong to one response and so live as long as it does."""

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum
        self.sizes: dict[int, int] = {}

    def size_of(self, value: Any) -> int:
        size = self.sizes.get(id(value))
        if size is None:
            size = self.sizes[id(value)] = self.computed(value)
        return size

    def computed(self, value: JsonValue) -> int:
        if isinstance(value, dict):
            size = max(2, 1 + sum(len(key) + PUNCTUATION + self.size_of(one) for key, one in value.items()))
        elif isinstance(value, list):
            size = max(2, 1 + sum(1 + self.size_of(one) for one in value))
        else:
            size = len(orjson.dumps(value))
        if size > self.maximum:
            raise ResponseTooLarge
        return size
