"""The history of values that only one writer changes, and how old what a reader was shown is by it."""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf
from operator import attrgetter
from typing import Any

Key = tuple[str, Any]
"""A provider, and the number of a slot on its calendar, or "name"."""


@dataclass(frozen=True)
class Change:
    """The value may be the new one from `sent_at`, and must be from `due_at`: when the change was acknowledged, or, for
    what only the clock changes, when it must show. By the machine's monotonic clock, on which all processes agree."""

    key: Key
    value: Any
    sent_at: float
    due_at: float


@dataclass(frozen=True)
class Read:
    """A response: what it showed of these keys, and when it was requested and received."""

    requested_at: float
    received_at: float
    shown: dict[Key, Any]
    is_runs: bool = False
    """Whether it showed where two open slots in a row begin, instead of open slots."""


@dataclass
class History:
    """The changes of each key, one after the other."""

    initial: Callable[[Key], Any]
    changes: dict[Key, list[Change]] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        for change in changes:
            insort(self.changes.setdefault(change.key, []), change, key=attrgetter("sent_at"))

    def age(self, read: Read) -> float:
        """Returns how many seconds before its request the last part of the response ceased to be true; 0 if it was
        still true, or became true meanwhile."""
        of = self.age_of_run if read.is_runs else self.age_of
        return max((of(key, shown, read) for key, shown in read.shown.items()), default=0.0)

    def age_of(self, key: Key, shown: Any, read: Read) -> float:
        changes = self.changes.get(key, [])
        ceased_at = -inf
        for place in range(-1, len(changes)):
            value, sent_at = (changes[place].value, changes[place].sent_at) if place >= 0 else (self.initial(key), -inf)
            if value != shown or sent_at > read.received_at:
                continue
            following = changes[place + 1 :]
            ceased_at = max(ceased_at, min((one.due_at for one in following), default=inf))
        return max(0.0, read.requested_at - ceased_at)

    def age_of_run(self, key: Key, shown: Any, read: Read) -> float:
        provider, slot = key
        ages = [self.age_of((provider, number), shown, read) for number in (slot, slot + 1)]
        return max(ages) if shown else min(ages)
