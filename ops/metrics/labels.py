"""Which label values are told apart, so that nobody can make more series than there is room for."""

import logging
from collections.abc import Iterable

from ops.metrics.families import BY_NAME, Series

logger = logging.getLogger("ops.metrics")

OTHER = "other"
"""What stands for all values that are not told apart."""
MAX_OPERATIONS = 100
MAX_CHARACTERS = 64
MAX_SERIES = 20_000
"""How many series a process tells apart; each bucket is one."""

_operations: set[str] = set()


def register_operations(names: Iterable[str]) -> None:
    """Tell these operations apart from now on. There is room for a hundred; any other is `other`."""
    for name in names:
        if name not in _operations and len(_operations) >= MAX_OPERATIONS:
            logger.warning("More than %s operations: the rest is counted as one.", MAX_OPERATIONS)
            return
        _operations.add(name)


class CardinalityLimit:
    """What a process tells apart. Label values come from code; should one not, it still finds no room here.

    admitted: the series that stand for themselves.
    """

    def __init__(self) -> None:
        self.admitted: set[Series] = set()

    def admit(self, series: Series) -> Series:
        """The series that stands for one that was not admitted before: it itself, if there is room."""
        family = BY_NAME[series[0]]
        parts = series[1 + len(family.labels) :]
        values = (bounded(label, value) for label, value in zip(family.labels, series[1:], strict=False))
        told_apart = (family.name, *values, *parts)
        if told_apart not in self.admitted:
            if len(self.admitted) >= MAX_SERIES:
                return (family.name, *[OTHER] * len(family.labels), *parts)
            self.admitted.add(told_apart)
        return told_apart


def bounded(label: str, value: str) -> str:
    """The value, if it is told apart, in so many characters, all of which can be written."""
    if label == "operation" and value not in _operations:
        return OTHER
    return value[:MAX_CHARACTERS].encode(errors="replace").decode()
