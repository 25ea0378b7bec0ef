"""Unique personal data passes through the whole service with production's settings, and appears in the database only:
neither in the log, nor in Memcached or Redis, nor in error responses."""

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
from tests.privacy.person import Person
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
    """The port of the server, and the places that must not contain personal data: functions that return their text."""

    port: int
    places: dict[str, Callable[[], str]]

    def found(self, canaries: dict[str, str]) -> list[str]:
        """Lists which canaries appear in which place."""
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
    """Returns every key of Redis with its serialised value."""
    with Redis.from_url(url) as client:
        client.config_set("rdbcompression", "no")
        return "\n".join(f"{key!r} {client.dump(key)!r}" for key in client.scan_iter())


def test_personal_data_is_in_the_database_and_nowhere_else(site: Site) -> None:
    # Given time that can be reserved, and a service
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    (slot,) = make_appointments(make_provider(services=(make_service(),)), starts_at=start)
    person = Person(site.port)
    # When a person uses the whole API, with valid and invalid requests
    person.sign_up_and_log_in()
    person.reserve(to_global_id("Appointment", slot.pk))
    person.send_invalid_requests()
    # Then no canary is in any of the places
    site.places["error responses"] = lambda: "".join(person.errors)
    assert site.found(person.canaries) == []
    # And the test proves something: every place was used, and the database has the data
    rows = repr(all_rows())
    stored = [what for what, text in person.canaries.items() if text in rows]
    assert stored == ["email", "name", "phone", "note", "reason"]
    assert len(person.errors) == 21
    log, memcached, redis = (site.places[place]() for place in ("the log", "Memcached", "Redis"))
    assert [text for text in ("person", "allauth:rl:") if text not in redis] == []
    assert log.count("INTERNAL_SERVER_ERROR in request") == 3
    assert len(re.findall(r'builtins\.LookupError["\\]', log)) == 4
    assert ("Internal Server Error: /auth/app/v1/auth/login" in log, "Traceback" in log) == (True, False)
    assert "confirmReservation" in memcached
