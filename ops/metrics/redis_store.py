"""Counts in Redis: hashes that have a field for each series that occurred."""

from functools import lru_cache
from typing import Any

import orjson

from ops.metrics.counts import Counts
from ops.metrics.families import Series
from ops.metrics.store import Batch
from ops.metrics.windows import WINDOWS, Window
from ops.redis_client import connect

TOTAL = "metrics:total"
TIMEOUT_SECONDS = 1.0
"""Longer than elsewhere: a thread of its own writes, and whoever reads may wait a while. Whoever counts never does."""

# A batch that was applied and not answered is sent again, and may even arrive after the one that follows it. So each
# has a number, and applies only if it is higher than that of the last one. The number is written first: should anything
# go wrong after that, counts are missing, instead of growing with every try.
APPLY = """
local number, mark_seconds = tonumber(ARGV[1]), ARGV[2]
if number <= tonumber(redis.call('GET', KEYS[1]) or 0) then return 0 end
redis.call('SET', KEYS[1], number, 'EX', mark_seconds)
for field = #KEYS + 1, #ARGV, 2 do
  for key = 2, #KEYS do redis.call('HINCRBY', KEYS[key], ARGV[field], ARGV[field + 1]) end
end
for key = 3, #KEYS do redis.call('EXPIRE', KEYS[key], ARGV[key]) end
return 1
"""
"""KEYS: the mark of the process, the total, and a step of each window. ARGV: the number, for how long the mark and each
of the steps is kept, and then fields and numbers."""
MARK_SECONDS = 3600


class RedisStore:
    """Of all processes together. Writing is one round trip, and so is reading. Each may raise RedisError."""

    def __init__(self, url: str) -> None:
        self.redis = connect(url, timeout_seconds=TIMEOUT_SECONDS)
        self.apply = self.redis.register_script(APPLY)

    def write(self, batch: Batch) -> None:
        keys = [f"metrics:process:{batch.process}", TOTAL]
        arguments: list[int | bytes] = [batch.number, MARK_SECONDS]
        for window in WINDOWS:
            keys.append(key_of(window, window.step_at(batch.now)))
            arguments.append(window.kept_seconds)
        for series, number in batch.counts.items():
            arguments += [orjson.dumps(series), number]
        self.apply(keys=keys, args=arguments)

    def total(self) -> Counts:
        return counts_of(self.redis.hgetall(TOTAL))

    def history(self, window: Window, *, now: float) -> list[Counts]:
        with self.redis.pipeline(transaction=False) as pipeline:
            for step in window.steps_until(now):
                pipeline.hgetall(key_of(window, step))
            return [counts_of(fields) for fields in pipeline.execute()]

    def close(self) -> None:
        self.redis.close()


def key_of(window: Window, step: int) -> str:
    return f"metrics:{window.step}:{step}"


def counts_of(fields: Any) -> Counts:
    return Counts({series_of(field): int(number) for field, number in fields.items()})


@lru_cache(maxsize=20_000)
def series_of(field: bytes) -> Series:
    return tuple(orjson.loads(field))
