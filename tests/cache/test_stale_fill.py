"""A reader that was slow does not bring back what a writer has ended meanwhile. Two processes, one real Memcached."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from cache import invalidation
from cache.calendar_days import Day, read_days
from reservation.domain.reservation import reserve
from reservation.domain.signals import calendars_changed
from tests.factories import NOW, TOMORROW, caller, make_appointments, make_client, make_provider
from tests.servers import url_of_test_database


@contextmanager
def paused_reader(day: Day, *, memcached: str) -> Iterator[None]:
    """Another process has read the day, and keeps what it found when the block ends."""
    environment = {"DATABASE_URL": url_of_test_database(), "MEMCACHED_URL": memcached}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cache.paused_reader", str(day.provider_id), day.date.isoformat()],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings.test", **environment},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "read\n"
        yield
        reader.communicate("go on\n", timeout=30)
    assert reader.returncode == 0


@pytest.mark.parametrize("is_ended", [True, False])
def test_what_a_paused_reader_keeps_is_read_only_where_nothing_has_ended_it(rows: str, is_ended: bool) -> None:
    # Given a reader in another process that has seen the first appointment free
    first, second = make_appointments(make_provider(), number=2)
    day, client = Day(first.provider_id, TOMORROW.date()), make_client()
    if not is_ended:
        calendars_changed.disconnect(invalidation.on_calendars_changed)
    try:
        with paused_reader(day, memcached=rows):
            # When somebody holds it before the reader goes on
            hold = reserve(caller=caller(client), appointment_id=first.pk, now=NOW)
    finally:
        calendars_changed.connect(invalidation.on_calendars_changed)
    # Then the hold is seen; had the writer not begun another generation, it would not be
    found = {slot.id: slot.available_at for slot in read_days([day])[day]}
    assert found.keys() == {first.pk, second.pk}
    assert hold.expires_at is not None
    assert (found[first.pk] == hold.expires_at.timestamp() * 10**6) is is_ended
