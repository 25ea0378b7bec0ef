"""Password hashes: their parameters, how older ones are replaced, and how many are computed at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock
from typing import Any
from urllib.parse import unquote

import pytest
from argon2 import low_level
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser

from accounts.hashers import TooManyHashes, slots
from ops import rate_limit
from reservation.models import User
from settings import PASSWORD_HASHERS
from tests.accounts.authenticator import code, give_second_factor
from tests.api.application import Application, codes_of
from tests.conftest import CREDENTIALS
from tests.factories import make_user

DJANGOS_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
PASSWORD = CREDENTIALS["password"]
MANY = 6


@pytest.fixture(autouse=True)
def _hashers_of_production(settings: Any) -> None:
    cache.clear()
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS


def is_current(user: User) -> bool:
    user.refresh_from_db()
    return user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_passwords_are_hashed_with_the_parameters_of_owasp(user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    assert is_current(user)
    assert user.check_password(PASSWORD)
    assert not user.check_password("wrong")


@pytest.mark.parametrize("hashers", [DJANGOS_HASHERS, DJANGOS_HASHERS[::-1]], ids=["100 MiB", "PBKDF2"])
def test_an_older_hash_is_replaced_at_a_log_in_with_the_right_password(
    hashers: list[str], user: User, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = hashers
    user.set_password(PASSWORD)
    user.save()
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    assert Application().log_in(**CREDENTIALS | {"password": "wrong"}).status_code == 400
    assert not is_current(user)
    assert Application().log_in(**CREDENTIALS).status_code == 200
    assert is_current(user)


def test_replacing_a_hash_ends_no_session(user: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = DJANGOS_HASHERS
    user.set_password(PASSWORD)
    user.save()
    phone, laptop = Application("phone"), Application("laptop")
    assert [device.log_in(**CREDENTIALS).status_code for device in (phone, laptop)] == [200, 200]
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    assert phone("POST", "auth/reauthenticate", password=PASSWORD).status_code == 200
    assert is_current(user)
    assert (phone.renew(), laptop.renew()) == (200, 200)
    assert phone("GET", "auth/session").status_code == 200


@pytest.fixture
def old_hash(user: User, settings: Any) -> User:
    """Returns an account whose hash has the parameters of an earlier version."""
    settings.PASSWORD_HASHERS = DJANGOS_HASHERS
    user.set_password(PASSWORD)
    user.save()
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    return user


def test_two_log_ins_at_once_leave_one_hash_for_the_sessions_of_both(old_hash: User) -> None:
    first, second = User.objects.get(), User.objects.get()
    assert (first.check_password(PASSWORD), second.check_password(PASSWORD)) == (True, True)
    stored = User.objects.get().get_session_auth_hash()
    assert (first.get_session_auth_hash(), second.get_session_auth_hash()) == (stored, stored)
    assert is_current(old_hash)


def test_a_log_in_with_the_former_password_does_not_undo_a_change_of_it(old_hash: User) -> None:
    read_before = User.objects.get()
    old_hash.set_password("battery-staple-7")
    old_hash.save()
    is_right = read_before.check_password(PASSWORD)
    assert User.objects.get().check_password("battery-staple-7")
    assert not is_right


class Hashing:
    """Counts the hashes that run at once, and holds each until it is released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.running = self.most = self.computed = 0
        self.lock, self.released = Lock(), Event()
        self.hash_secret = low_level.hash_secret
        monkeypatch.setattr(low_level, "hash_secret", self.observed(low_level.hash_secret))
        monkeypatch.setattr("argon2._password_hasher.verify_secret", self.observed(low_level.verify_secret))

    def observed(self, compute: Callable[..., Any]) -> Callable[..., Any]:
        def compute_when_released(*arguments: Any, **options: Any) -> Any:
            with self.lock:
                self.running, self.computed = self.running + 1, self.computed + 1
                self.most = max(self.most, self.running)
            assert self.released.wait(60)
            try:
                return compute(*arguments, **options)
            finally:
                with self.lock:
                    self.running -= 1

        return compute_when_released


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Hashing:
    return Hashing(monkeypatch)


def at_once(work: Callable[[int], Any], hashing: Hashing, *, refused: int) -> list[Any]:
    """Runs it in MANY threads. The hashes go on once so many calls have returned, or all threads have ended."""
    barrier, lock, returned = Barrier(MANY, timeout=60), Lock(), []

    def thread(number: int) -> Any:
        barrier.wait()
        try:
            result = work(number)
        finally:
            connection.close()
        with lock:
            returned.append(result)
            if len(returned) == refused:
                hashing.released.set()
        return result

    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(thread, range(MANY)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_known", [True, False], ids=["known accounts", "unknown accounts"])
@pytest.mark.parametrize("bound", [1, 2, 5])
def test_concurrent_log_ins_compute_no_more_hashes_than_the_bound(
    bound: int, is_known: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHES = bound
    if is_known:
        for number in range(MANY):
            make_user(email=f"person{number}@example.com", password=PASSWORD)
    hashing = Hashing(monkeypatch)

    def log_in(number: int) -> Any:
        credentials = {"email": f"person{number}@example.com", "password": "wrong"}
        return Browser().post("/auth/app/v1/auth/login", credentials, content_type="application/json")

    responses = at_once(log_in, hashing, refused=MANY - bound)
    refusals = [response for response in responses if response.status_code == 503]
    assert (hashing.most, hashing.computed, len(refusals)) == (bound, bound, MANY - bound)
    assert {response["Retry-After"] for response in refusals} == {"1"}
    assert {tuple(codes_of(response)) for response in refusals} == {("too_busy",)}
    assert [codes_of(response) for response in responses if response not in refusals] == [
        ["email_password_mismatch"]
    ] * bound
    assert slots.taken == 0


@pytest.mark.parametrize("other", ["unknown", "without a normal form", "inactive", "without a password"])
def test_a_log_in_takes_one_hash_whether_or_not_there_is_an_account(
    other: str, user: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.set_password(PASSWORD)
    user.is_active = other != "inactive"
    if other == "without a password":
        user.set_unusable_password()
    user.email = f"{other.replace(' ', '-')}@example.com" if other == "unknown" else user.email
    user.save()
    hashing = Hashing(monkeypatch)
    hashing.released.set()
    email = "cleo@\u2603.example" if other == "without a normal form" else CREDENTIALS["email"]
    response = Application().log_in(email=email, password="wrong")
    assert (codes_of(response), hashing.computed) == (["email_password_mismatch"], 1)


@pytest.fixture
def busy(settings: Any) -> Any:
    """Another thread computes as many hashes as may be."""
    return lambda: slots.take(settings.PASSWORD_HASHES)


def test_every_place_that_hashes_a_password_is_bounded(user: User, busy: Any) -> None:
    user.set_password(PASSWORD)
    user.is_staff = True
    user.save()
    phone = Application()
    assert phone.log_in(**CREDENTIALS).status_code == 200
    new = "battery-staple-7"
    Application()("POST", "auth/password/request", email=user.email)
    [key] = re.findall(r"/reset-password/(\S+)", str(mail.outbox[0].body))
    before = User.objects.get().password
    with busy():
        responses = {
            "log-in": Application().log_in(**CREDENTIALS),
            "sign-up": Application()("POST", "auth/signup", email="new@example.com", password=new),
            "change": phone("POST", "account/password/change", current_password=PASSWORD, new_password=new),
            "reset": Application()("POST", "auth/password/reset", key=unquote(key), password=new),
            "reauthentication": phone("POST", "auth/reauthenticate", password=PASSWORD),
            "admin's log-in": Browser().post("/admin/login/", {"username": user.email, "password": PASSWORD}),
        }
    found = {place: (response.status_code, response.get("Retry-After")) for place, response in responses.items()}
    assert found == dict.fromkeys(responses, (503, "1"))
    assert (User.objects.count(), User.objects.get().password) == (1, before)
    assert phone.renew() == 200, "a refusal ends no session"
    reset = Application()("POST", "auth/password/reset", key=unquote(key), password=new)
    assert reset.status_code == 401, "the key is valid still"


def test_a_log_in_that_is_refused_while_the_process_is_busy_is_no_attempt(
    user: User, busy: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.set_password(PASSWORD)
    user.save()
    settings.LOG_IN_ATTEMPTS, settings.PROCESSES = 3, 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    with busy():
        assert {Application().log_in(**CREDENTIALS).status_code for _ in range(12)} == {503}
    assert Application().log_in(**CREDENTIALS).status_code == 200


def test_the_admins_change_of_a_password_is_bounded(
    user: User, client: Browser, busy: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.set_password(PASSWORD)
    user.is_staff = user.is_superuser = True
    user.save()
    give_second_factor(user)
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD, "code": code()})
    settings.LOG_IN_ATTEMPTS, settings.PROCESSES = 3, 1
    monkeypatch.setattr(rate_limit, "_rate_limiters", {})
    new = {"old_password": PASSWORD, "new_password1": "battery-staple-7", "new_password2": "battery-staple-7"}
    with busy():
        assert {client.post("/admin/password_change/", new).status_code for _ in range(12)} == {503}
    assert client.post("/admin/password_change/", new).status_code == 302


def test_a_hash_of_django_takes_all_slots(settings: Any) -> None:
    settings.PASSWORD_HASHES = 4
    old = Argon2PasswordHasher().encode(PASSWORD, "x" * 22)
    with slots.take(1), pytest.raises(TooManyHashes):
        check_password(PASSWORD, old)
    assert check_password(PASSWORD, old)
    with slots.take(3):
        assert check_password(PASSWORD, make_password(PASSWORD))
