"""The cardinality limit: bounds the number of label values, and so of series."""

import logging
from collections.abc import Iterable

from ops.metrics.families import BY_NAME, Series
from ops.observation import OTHER

logger = logging.getLogger("ops.metrics")

MAX_OPERATIONS = 100
MAX_CHARACTERS = 64
MAX_SERIES = 20_000
"""The number of series in a process; each bucket of a histogram is one."""

_operations: set[str] = set()


def register_operations(names: Iterable[str]) -> None:
    """Gives these operations series of their own. Beyond MAX_OPERATIONS, they count as `other`."""
    for name in names:
        if name not in _operations and len(_operations) >= MAX_OPERATIONS:
            logger.warning("More than %s operations: the others are counted together.", MAX_OPERATIONS)
            return
        _operations.add(name)


class CardinalityLimit:
    """Limits the series of a process, should the value of a label ever come from a request rather than from code.

    admitted: the series within the limit.
    """

    def __init__(self) -> None:
        self.admitted: set[Series] = set()

    def admit(self, series: Series) -> Series:
        """Returns the series itself if it is within the limit, or else one whose values are all `other`."""
        family = BY_NAME[series[0]]
        parts = series[1 + len(family.labels) :]
        values = (bounded(label, value) for label, value in zip(family.labels, series[1:], strict=False))
        limited = (family.name, *values, *parts)
        if limited not in self.admitted:
            if len(self.admitted) >= MAX_SERIES:
                return (family.name, *[OTHER] * len(family.labels), *parts)
            self.admitted.add(limited)
        return limited


def bounded(label: str, value: str) -> str:
    """Returns the value if it has a series of its own, shortened, and without characters that cannot be encoded."""
    if label == "operation" and value not in _operations:
        return OTHER
    return value[:MAX_CHARACTERS].encode(errors="replace").decode()
