"""Unique data of a person goes through everything, under production's settings, and turns up in no place that keeps
or tells what happened: only the database has it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from mirakuru import TCPExecutor
from redis import Redis

from api.types.ids import to_global_id
from tests.factories import make_appointments, make_provider, make_service
from tests.privacy.visitor import Visitor
from tests.rows import all_rows
from tests.servers import HOST, serve, url_of_test_database
from tests.stores import dump_memcached

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "tests.privacy.settings",
    "SECRET_KEY": "not-a-secret-" * 5,
    "EMAIL_URL": "dummymail://",
    "SECURE_SSL_REDIRECT": "false",
}


@dataclass(frozen=True)
class Site:
    """Where the server runs, and every place that keeps or tells what happened there: what each has now, as text."""

    port: int
    places: dict[str, Callable[[], str]]

    def found(self, canaries: dict[str, str]) -> list[str]:
        """Which canaries are where."""
        texts = {place: read().lower() for place, read in self.places.items()}
        return [
            f"{what} in {place}"
            for place, text in texts.items()
            for what, one in canaries.items()
            if one.lower() in text
        ]


@pytest.fixture
def site(transactional_db: None, memcached: str, redis: TCPExecutor, tmp_path: Path) -> Iterator[Site]:
    path = tmp_path / "log"
    stores = {"MEMCACHED_URL": memcached, "REDIS_URL": f"redis://{HOST}:{redis.port}/0"}
    with (
        path.open("wb") as log,
        serve(database_url=url_of_test_database(), workers=1, threads=2, log=log, **stores, **PRODUCTION) as port,
    ):
        places = {
            "the log": path.read_text,
            "Memcached": lambda: repr(dump_memcached(stores["MEMCACHED_URL"])),
            "Redis": lambda: dump_redis(stores["REDIS_URL"]),
        }
        yield Site(port, places)


def dump_redis(url: str) -> str:
    """Every key of a Redis, and what it stands for, as Redis itself would write it to a file."""
    with Redis.from_url(url) as client:
        client.config_set("rdbcompression", "no")
        return "\n".join(f"{key!r} {client.dump(key)!r}" for key in client.scan_iter())


def test_what_is_a_persons_own_is_in_the_database_and_nowhere_else(site: Site) -> None:
    # Given time that can be reserved, and a service
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    (slot,) = make_appointments(make_provider(services=(make_service(),)), starts_at=start)
    visitor = Visitor(site.port)
    # When a person does everything that it can, right and wrong
    visitor.sign_up_and_log_in()
    visitor.reserve(to_global_id("Appointment", slot.pk))
    visitor.err()
    # Then nothing of it is anywhere
    site.places["error answers"] = lambda: "".join(visitor.errors)
    assert site.found(visitor.canaries) == []
    # And all of it has been there: every place has been used, and the database has what was told
    rows = repr(all_rows())
    kept = [what for what, text in visitor.canaries.items() if text in rows]
    assert kept == ["email", "name", "phone", "note", "reason"]
    assert len(visitor.errors) == 21
    assert "person" in site.places["Redis"]()
    log, memcached = (site.places[place]() for place in ("the log", "Memcached"))
    assert log.count("INTERNAL_SERVER_ERROR in request") == 3
    assert len(re.findall(r'builtins\.LookupError["\\]', log)) == 4
    assert ("Internal Server Error: /auth/app/v1/auth/login" in log, "Traceback" in log) == (True, False)
    assert [text for text in ("allauth:rl:", "confirmReservation") if text not in memcached] == []
