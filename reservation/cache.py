"""What all processes share for a while: Memcached, which may be away without anybody noticing."""

from typing import Any

import orjson
from django.core.cache.backends.memcached import PyMemcacheCache


class JsonSerde:
    """Values as JSON. What others could write there is then only read, never executed, unlike a pickle."""

    def serialize(self, key: str, value: Any) -> tuple[bytes, int]:
        return orjson.dumps(value), 0

    def deserialize(self, key: str, value: bytes, flags: int) -> Any:
        return orjson.loads(value)


class Memcached(PyMemcacheCache):
    """Django's own, but for what it says of a Memcached that is away."""

    def add(self, key: str, *arguments: Any, **options: Any) -> bool:
        """Whether the key was free. It is when nothing can be there: whoever takes a lock here would wait for ever."""
        return bool(super().add(key, *arguments, **options)) or self.get(key) is None


def cache_at(url: str, *, name: str) -> dict[str, Any]:
    """Django's settings of this cache. url: memcached://host:port[,host:port…]; empty for one in the process."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    return {
        "BACKEND": "reservation.cache.Memcached",
        "KEY_PREFIX": name,
        "LOCATION": url.removeprefix("memcached://").strip("/").split(","),
        "OPTIONS": {
            "serde": JsonSerde(),
            "use_pooling": True,
            "no_delay": True,
            # One that is away or hangs costs a hit and a moment, never an error.
            "connect_timeout": 0.05,
            "timeout": 0.1,
            "ignore_exc": True,
        },
    }
