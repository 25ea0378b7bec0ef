"""Counts in Redis: hashes with a field for each series."""

from functools import lru_cache
from typing import Any

import orjson

from ops.metrics.counts import Counts
from ops.metrics.families import Series
from ops.metrics.store import Batch
from ops.metrics.windows import WINDOWS, Window
from ops.redis_client import connect_to_redis

TOTAL = "metrics:total"
STORE_TIMEOUT_SECONDS = 1.0
"""Longer than in ops.redis_client: only a background thread and readers of metrics wait, never another request."""

# A batch whose response was lost is sent again, and may even arrive after the next one. So a batch has a number, and is
# applied only if that is higher than the last one. The number is written first: if the script fails after that, counts
# are missing, rather than growing with each retry.
APPLY = """
local number, number_ttl = tonumber(ARGV[1]), ARGV[2]
if number <= tonumber(redis.call('GET', KEYS[1]) or 0) then return 0 end
redis.call('SET', KEYS[1], number, 'EX', number_ttl)
for field = #KEYS + 1, #ARGV, 2 do
  for key = 2, #KEYS do redis.call('HINCRBY', KEYS[key], ARGV[field], ARGV[field + 1]) end
end
for key = 3, #KEYS do redis.call('EXPIRE', KEYS[key], ARGV[key]) end
return 1
"""
"""KEYS: the last number of the process, the total, and a step of each window. ARGV: the batch number, the TTLs of the
last number and of the steps, then fields and increments."""
NUMBER_TTL_SECONDS = 3600


class RedisStore:
    """The counts of all processes. Writing and reading take one round trip each, and may raise RedisError."""

    def __init__(self, url: str) -> None:
        self.redis = connect_to_redis(url, timeout_seconds=STORE_TIMEOUT_SECONDS)
        self.apply = self.redis.register_script(APPLY)

    def write(self, batch: Batch) -> None:
        keys = [f"metrics:process:{batch.process}", TOTAL]
        arguments: list[int | bytes] = [batch.number, NUMBER_TTL_SECONDS]
        for window in WINDOWS:
            keys.append(key_of(window, window.step_at(batch.now)))
            arguments.append(window.ttl_seconds)
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
