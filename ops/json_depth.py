"""JSON that others send."""

from collections.abc import Iterator
from typing import Any


def levels(value: Any) -> Iterator[list[Any]]:
    """The value, then all that is directly in it, then all that is in that, and so on. Never recurses."""
    level = [value]
    while level:
        yield level
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
