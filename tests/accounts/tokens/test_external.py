"""Tokens of an identity provider: the identity that they assert, with its address, if any."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.tokens import InvalidToken
from accounts.tokens.external import Identity, read_identity
from tests.tokens import AUDIENCE, IdentityProvider, identity_provider

EMAIL = "cleo@example.com"


@pytest.fixture
def provider(settings: Any) -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_AUDIENCE, settings.OIDC_JWKS_URL = provider.issuer, AUDIENCE, provider.url
        yield provider


def test_a_token_asserts_a_subject_of_the_issuer(provider: IdentityProvider) -> None:
    token = provider.token(email=EMAIL, email_verified=True)
    assert read_identity(token) == Identity(issuer=provider.issuer, subject="Some|One", email=EMAIL)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": EMAIL},
        {"email_verified": True},
        *({"email": EMAIL, "email_verified": verified} for verified in (False, None, 1, "true", "false", [True])),
        *({"email": email, "email_verified": True} for email in (None, 5, [EMAIL])),
    ],
    ids=repr,
)
def test_an_address_is_used_only_when_the_issuer_has_verified_it(claims: Any, provider: IdentityProvider) -> None:
    assert read_identity(provider.token(**claims)).email is None


def test_a_token_for_several_audiences_is_accepted(provider: IdentityProvider) -> None:
    assert read_identity(provider.token(aud=["https://other.example.com", AUDIENCE]))
    with pytest.raises(InvalidToken):
        read_identity(provider.token(aud=["https://other.example.com"]))


@pytest.mark.parametrize("seconds", [-9, 9])
def test_the_providers_clock_may_differ_a_little(seconds: int, provider: IdentityProvider) -> None:
    now = provider.claims()["iat"] + seconds
    assert read_identity(provider.token(iat=now, nbf=now, exp=now + 1 if seconds < 0 else now + 60))


def test_a_hundred_tokens_fetch_the_keys_once(provider: IdentityProvider) -> None:
    for number in range(100):
        assert read_identity(provider.token(sub=str(number))).subject == str(number)
    assert provider.requests == 1


def test_no_token_is_accepted_before_the_keys_are_fetched(provider: IdentityProvider) -> None:
    provider.answer = lambda: (503, {})
    with pytest.raises(InvalidToken):
        read_identity(provider.token())
