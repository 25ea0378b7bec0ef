"""Sessions of an account: its owner lists and ends them."""

import pytest
from django.core.cache import cache

from reservation.models import User
from tests.api.application import Application
from tests.conftest import CREDENTIALS
from tests.factories import make_user

SESSIONS = "auth/sessions"


@pytest.fixture
def devices(user: User) -> list[Application]:
    cache.clear()
    devices = [Application(name) for name in ("phone", "laptop")]
    for device in devices:
        device.log_in(**CREDENTIALS)
    return devices


def test_every_session_is_listed(devices: list[Application]) -> None:
    listed = devices[0]("GET", SESSIONS).json()["data"]
    assert [(one["user_agent"], one["ip"], one["is_current"]) for one in listed] == [
        ("phone", "127.0.0.1", True),
        ("laptop", "127.0.0.1", False),
    ]


def test_another_session_can_be_ended(devices: list[Application]) -> None:
    phone, laptop = devices
    (lost,) = (one["id"] for one in phone("GET", SESSIONS).json()["data"] if not one["is_current"])
    answer = phone("DELETE", SESSIONS, sessions=[lost])
    assert [one["user_agent"] for one in answer.json()["data"]] == ["phone"]
    assert (phone.renew(), laptop.renew()) == (200, 400)
    assert laptop("GET", SESSIONS).status_code == 410


def test_the_current_session_can_be_ended(devices: list[Application]) -> None:
    phone, laptop = devices
    (own,) = (one["id"] for one in phone("GET", SESSIONS).json()["data"] if one["is_current"])
    assert phone("DELETE", SESSIONS, sessions=[own]).status_code == 401
    assert (phone.renew(), laptop.renew()) == (400, 200)


def test_logging_out_ends_the_session(devices: list[Application]) -> None:
    phone, laptop = devices
    assert phone("DELETE", "auth/session").status_code == 401
    assert (phone.renew(), laptop.renew()) == (400, 200)


def test_sessions_of_another_account_are_neither_listed_nor_ended(devices: list[Application]) -> None:
    make_user(email="mallory@example.com", password="correct-horse-8")
    mallory = Application("mallory")
    mallory.log_in(email="mallory@example.com", password="correct-horse-8")
    (other,) = (one["id"] for one in devices[0]("GET", SESSIONS).json()["data"] if one["is_current"])
    assert [one["user_agent"] for one in mallory("GET", SESSIONS).json()["data"]] == ["mallory"]
    assert mallory("DELETE", SESSIONS, sessions=[other]).status_code == 400
    assert devices[0].renew() == 200


def test_an_account_has_at_most_twenty_sessions_and_the_oldest_end(devices: list[Application]) -> None:
    phone, laptop = devices
    for number in range(19):
        cache.clear()
        latest = Application(f"script {number}")
        assert latest.log_in(**CREDENTIALS).status_code == 200
    listed = [one["user_agent"] for one in latest("GET", SESSIONS).json()["data"]]
    assert (len(listed), sorted(listed)[:1], "phone" in listed) == (20, ["laptop"], False)
    assert (phone.renew(), laptop.renew()) == (400, 200)


def test_listing_takes_a_log_in(db: None) -> None:
    assert Application()("GET", SESSIONS).status_code == 401
