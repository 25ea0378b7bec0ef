"""Another process, which reads a provider from the database and pauses before it caches it.

Run with the provider's id. It prints "read", waits for a line, and then caches what it has read.
"""

import sys
from typing import Any

import django

django.setup()

from cache.catalogue import PROVIDERS, CachedRows  # noqa: E402 - needs the models


class PausedRows(CachedRows[Any]):
    def load(self, ids: list[int]) -> dict[int, Any]:
        found = super().load(ids)
        print("read", flush=True)
        sys.stdin.readline()
        return found


PausedRows(PROVIDERS.model).read([int(sys.argv[1])])
