"""How many mails strangers can cause to be sent to an address: three an hour of each kind, also while Memcached and
Redis are away, without a word about whether it has an account."""

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache

from reservation.models import User
from tests.api.application import Application

HOUR, MINUTE = 3600, 60


@pytest.fixture(autouse=True)
def _no_earlier_requests() -> None:
    cache.clear()


@pytest.fixture
def dated_back() -> Any:
    """Dates back what was counted, by so many seconds."""

    def dated_back(seconds: float) -> None:
        store = cache.local._cache  # type: ignore[attr-defined]
        for key in [key.removeprefix(":1:") for key in store]:
            value = cache.get(key)
            if isinstance(value, list):
                cache.set(key, [at - seconds for at in value], HOUR)

    return dated_back


def request_reset(email: str) -> Any:
    return Application()("POST", "auth/password/request", email=email)


def test_an_address_gets_three_mails_of_resets_in_an_hour(user: User, dated_back: Any) -> None:
    for email in (user.email, user.email.upper(), user.email):
        assert request_reset(email).status_code == 200
        dated_back(10 * MINUTE)
    assert request_reset(user.email).status_code == 429
    assert [message.to for message in mail.outbox] == [[user.email]] * 3
    dated_back(HOUR - 30 * MINUTE)
    assert request_reset(user.email).status_code == 200
    assert request_reset(user.email).status_code == 429
    assert len(mail.outbox) == 4


def test_the_limit_does_not_reveal_who_has_an_account(user: User) -> None:
    found = {}
    for email in (user.email, "nobody@example.com"):
        responses = [request_reset(email) for _ in range(5)]
        found[email] = [(each.status_code, each.json(), each.get("Retry-After")) for each in responses]
    assert found[user.email] == found["nobody@example.com"]
    assert [status for status, *_ in found[user.email]] == [200] * 3 + [429] * 2


@pytest.mark.parametrize("is_known", [True, False])
def test_an_address_gets_three_mails_of_sign_ups_in_an_hour(
    is_known: bool, user: User, settings: Any, dated_back: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    email = user.email if is_known else "eve@example.com"
    statuses = []
    for _ in range(6):
        statuses.append(Application()("POST", "auth/signup", email=email, password="correct-horse-9").status_code)
        dated_back(4 * MINUTE)
    assert set(statuses) == {401}, "the same with and without a mail"
    assert [message.to for message in mail.outbox] == [[email]] * 3


def test_every_429_of_allauth_says_when_to_try_again(user: User) -> None:
    responses = [Application()("POST", "auth/password/reset", key="x", password="y") for _ in range(21)]
    assert (responses[-1].status_code, responses[-1]["Retry-After"]) == (429, "60")
