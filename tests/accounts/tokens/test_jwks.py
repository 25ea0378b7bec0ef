"""The provider's keys: fetched on demand, seldom, and cached while it is down."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.tokens.jwks import JWKS_RETRY_SECONDS, JWKS_TTL_SECONDS, KeySet, check_url
from tests.tokens import OWN_KEY, UNTRUSTED_KEY, IdentityProvider, identity_provider, jwk

NO_KEYS = [
    *((500, {}), (404, b""), (302, b""), (200, b""), (200, b"{"), (200, b"\xff"), (200, b"[" * 100_000), (200, [])),
    *((200, {}), (200, {"keys": []}), (200, {"keys": {}}), (200, {"keys": [5]}), (200, {"keys": [{"kty": "RSA"}]})),
    (200, {"keys": [{"kty": "oct", "kid": "first", "k": "c2VjcmV0", "alg": "HS256"}]}),
    (200, {"keys": [jwk(UNTRUSTED_KEY, kid="first", use="enc")]}),
    (200, {"keys": [jwk(UNTRUSTED_KEY)]}),
    (200, {"keys": [jwk(UNTRUSTED_KEY, kid=["first"])]}),
]


class Clock:
    """A clock that tests advance."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(provider: IdentityProvider, clock: Clock) -> KeySet:
    return KeySet(provider.url, clock=clock)


def test_keys_are_fetched_once_for_a_while(provider: IdentityProvider, keys: KeySet, clock: Clock) -> None:
    found = keys.find("first")
    assert found is not None
    assert found.algorithm_name == "RS256"
    clock.advance(JWKS_TTL_SECONDS - 1)
    assert keys.find("first") is found
    assert provider.requests == 1
    clock.advance(1)
    assert keys.find("first")
    assert provider.requests == 2


def test_threads_wait_for_the_first_keys(provider: IdentityProvider, keys: KeySet) -> None:
    at_once = provider.answer
    provider.answer = lambda: (time.sleep(0.3), at_once())[1]
    with ThreadPoolExecutor(8) as threads:
        assert None not in set(threads.map(keys.find, ["first"] * 8))
    assert provider.requests == 1


def test_a_key_that_the_provider_has_dropped_is_dropped(provider: IdentityProvider, keys: KeySet, clock: Clock) -> None:
    assert keys.find("first")
    provider.keys = {"second": OWN_KEY}
    clock.advance(JWKS_TTL_SECONDS)
    assert keys.find("first") is None
    assert keys.find("second")


def test_an_unknown_kid_fetches_the_keys_again(provider: IdentityProvider, keys: KeySet, clock: Clock) -> None:
    assert keys.find("first")
    provider.keys["second"] = OWN_KEY
    clock.advance(JWKS_RETRY_SECONDS)
    assert keys.find("second")
    assert keys.find("first")
    assert provider.requests == 2


@pytest.mark.parametrize("is_down", [False, True])
def test_unknown_kids_do_not_flood_the_provider(
    is_down: bool, provider: IdentityProvider, keys: KeySet, clock: Clock
) -> None:
    assert keys.find("first")
    if is_down:
        provider.answer = lambda: (503, {})
    for minute in range(10):
        assert all(keys.find(f"unknown {minute} {number}") is None for number in range(100))
        clock.advance(JWKS_RETRY_SECONDS)
    assert provider.requests == 10
    assert keys.find("first")


def test_unknown_kids_do_not_flood_a_provider_that_was_never_up(
    provider: IdentityProvider, keys: KeySet, clock: Clock
) -> None:
    provider.answer, up = lambda: (503, {}), provider.answer
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(keys.find, map(str, range(100)))) == {None}
    assert provider.requests == 1
    provider.answer = up
    clock.advance(JWKS_RETRY_SECONDS)
    assert keys.find("first")


@pytest.mark.parametrize("answer", NO_KEYS, ids=lambda answer: repr(answer)[:40])
def test_keys_stay_cached_while_the_provider_has_none(
    answer: Any, provider: IdentityProvider, keys: KeySet, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert keys.find("first")
    provider.answer, up = lambda: answer, provider.answer
    for _ in range(3):
        clock.advance(JWKS_TTL_SECONDS)
        assert keys.find("first")
    assert provider.requests == 4
    assert {record.name for record in caplog.records} == {"accounts.tokens.jwks"}
    provider.answer, provider.keys = up, {"second": OWN_KEY}
    clock.advance(JWKS_RETRY_SECONDS)
    assert keys.find("second")


def test_keys_stay_cached_while_the_provider_is_down(clock: Clock) -> None:
    with identity_provider() as provider:
        keys = KeySet(provider.url, clock=clock)
        assert keys.find("first")
    clock.advance(JWKS_TTL_SECONDS)
    assert keys.find("first")


def test_a_provider_that_hangs_delays_one_request(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, identity_provider() as provider:
        keys = KeySet(provider.url, clock=clock)
        assert keys.find("first")
        keys.client.uri = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        keys.client.timeout = 0.5
        clock.advance(JWKS_TTL_SECONDS)

        def seconds(kid: str) -> float:
            started = time.monotonic()
            assert keys.find(kid)
            return time.monotonic() - started

        with ThreadPoolExecutor(8) as threads:
            waits = sorted(threads.map(seconds, ["first"] * 8))
    assert waits[-1] >= 0.5 > 0.25 > waits[-2]


@pytest.mark.parametrize(
    "url",
    [
        *("http://idp.example.com/jwks", "file:///etc/passwd", "ftp://127.0.0.1/", "idp.example.com", "https://"),
        *("http://127.0.0.1.example.com/", "http://localhost@example.com/", "http://10.0.0.1/"),
    ],
)
def test_keys_are_fetched_over_https_only(url: str) -> None:
    for loopback in (True, False):
        with pytest.raises(ImproperlyConfigured, match=r"^OIDC_JWKS_URL begins with https://\.$"):
            check_url(url, loopback=loopback)


def test_plain_http_from_this_machine_is_accepted_where_allowed() -> None:
    check_url("https://idp.example.com/jwks", loopback=False)
    for url in ("http://127.0.0.1:8080/jwks", "http://localhost/jwks", "http://[::1]:8080/jwks"):
        check_url(url, loopback=True)
        with pytest.raises(ImproperlyConfigured):
            check_url(url, loopback=False)
