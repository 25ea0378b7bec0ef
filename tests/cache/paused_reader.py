"""Another process, which reads a provider from the database and pauses before it caches it.

Run with the provider's id. It prints "read", waits for a line, and then caches what it has read.
"""

import sys

import django

django.setup()

from cache.catalogue import PROVIDERS, select_public  # noqa: E402 - needs the models
from reservation.models import Provider  # noqa: E402


def read_and_wait(ids: list[int]) -> dict[int, tuple[object, ...]]:
    found = {row[0]: row for row in select_public(Provider)(ids=ids)}
    print("read", flush=True)
    sys.stdin.readline()
    return found


PROVIDERS.read([int(sys.argv[1])], read_and_wait)
