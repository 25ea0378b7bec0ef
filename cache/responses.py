"""Whole answers to what everybody is told alike, for seconds.

An answer stands beside the generations under which it was made, and both are asked for together with the present ones:
one that was made under others is no answer. So a change ends it with its commit, and a reader that raced with the
change keeps what nobody believes. Of those who miss the same one makes it, and the others wait for a moment; while one
that is getting old is made anew, the others still get the former.
"""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

import orjson

from cache import generations
from cache.client import memcached

CACHE = "answers"
MAX_BYTES = 128 * 1024
"""What is larger is not kept: it would take the room of many others."""

RENEWED_AFTER = 0.8
"""At this part of its life somebody makes it anew."""

CLAIM_SECONDS = 2
"""For how long nobody else is the one who makes it. Who keeps it leaves the claim behind: others may have looked
before, and claim it only now."""

PAUSES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
"""How long those wait, in seconds, who find that somebody is making what they ask for; then they make it themselves."""


class Answer:
    """What is kept under a key, or is to be: `with find_response(…) as answer`.

    body: None when it has to be made. Then `keep` it, unless something is wrong with it.
    """

    def __init__(self, key: str, names: Sequence[str], seconds: float) -> None:
        self.key = key
        self.names = names
        self.seconds = seconds
        self.body: bytes | None = None
        self.made_at = self.asked_at = 0.0
        self.generations: str | None = None
        self.claimed: str | None = None

    @property
    def is_getting_old(self) -> bool:
        return self.asked_at - self.made_at > RENEWED_AFTER * self.seconds

    def look(self) -> int:
        """Learn what is kept, and under which generations it would be; answers how many keys were not to be had."""
        self.body, self.asked_at = None, time.time()
        answers, others = memcached(CACHE), memcached(generations.CACHE)
        value, found, errors = answers.get_with(self.key, others, self.names)
        present = generations.those_of_ours(found)
        if generations.has_pending_invalidations() or (len(present) < len(self.names) and not errors):
            present = generations.current_generations(self.names)
        is_known = len(present) == len(self.names)
        self.generations = " ".join(present[name] for name in self.names) if is_known else None
        if is_known:
            self.read(value)
        return errors

    def read(self, value: Any) -> None:
        """Take what is kept, if it has our form, the present generations, and is not too old."""
        if not isinstance(value, bytes):
            return
        head, _, body = value.partition(b"\n")
        with suppress(ValueError, TypeError):
            generations, made_at = orjson.loads(head)
            if generations == self.generations and self.asked_at - made_at <= self.seconds:
                self.body, self.made_at = body, made_at

    def claim(self) -> bool:
        """Whether it is this thread that makes the answer, in the place of the one that is kept, if there is one."""
        if self.generations is None:
            return True
        former = self.made_at if self.body is not None else ""
        claim = f"claim:{sha256(f'{self.key} {self.generations} {former}'.encode()).hexdigest()}"
        if not memcached(CACHE).add(claim, 1, timeout=math.ceil(min(CLAIM_SECONDS, self.seconds))):
            return False
        self.body, self.claimed = None, claim
        return True

    def keep(self, body: bytes) -> None:
        """Keep this as the answer, under the generations that there were before it was made."""
        if self.generations is not None and len(body) <= MAX_BYTES:
            value = orjson.dumps([self.generations, self.asked_at]) + b"\n" + body
            memcached(CACHE).set(self.key, value, timeout=math.ceil(self.seconds))
            self.claimed = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.claimed is not None:  # it is not kept: somebody else may try
            memcached(CACHE).delete(self.claimed)


def find_response(key: str, *, generations: Sequence[str], seconds: float) -> Answer:
    """The answer that is kept under this key and these generations, and is no older than that.

    generations: the names of all that it depends on.
    """
    answer = Answer(key, generations, seconds)
    errors = answer.look()
    if answer.body is None:
        wait_for(answer)
    elif answer.is_getting_old:
        answer.claim()
    is_hit = answer.body is not None
    memcached(CACHE).tell(hits=is_hit, misses=not is_hit and not errors, errors=bool(errors))
    return answer


def wait_for(answer: Answer) -> None:
    """Let one make the answer; return when it has, or has gone, or takes too long."""
    if answer.claim():
        return
    for pause in PAUSES:
        time.sleep(pause)
        answer.look()
        if answer.body is not None or answer.claim():
            return
