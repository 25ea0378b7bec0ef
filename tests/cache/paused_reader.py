"""Another process, which reads a provider's day from the database and pauses before it keeps what it found.

Run with the provider's id and the day. It says "read" on a line, waits for one, and then keeps the day.
"""

import sys
from datetime import date

import django

django.setup()

from cache.calendar_days import DAYS, Day, load_days  # noqa: E402 - needs the models


def read_and_wait(days: list[Day]) -> dict[Day, list[list[int]]]:
    found = load_days(days)
    print("read", flush=True)
    sys.stdin.readline()
    return found


day = Day(int(sys.argv[1]), date.fromisoformat(sys.argv[2]))
DAYS.read([day], read_and_wait)
