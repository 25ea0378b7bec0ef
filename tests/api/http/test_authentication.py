"""Authentication by access token: every kind of invalid token is refused."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from accounts.tokens import own
from accounts.tokens.refresh import issue_tokens
from reservation.models import User
from tests.conftest import CREDENTIALS, Send, Viewer
from tests.practice import Practice
from tests.tokens import AUDIENCE, OTHER_KEY, OWN_KEY, UNTRUSTED_KEY, forge, hs256, identity_provider, jwk, pem, rs256

REFUSED = (401, "UNAUTHENTICATED")
MALFORMED = [
    *("Bearer", "Bearer ", "Basic Y2xlbzpw", "Token a", "Bearer x", "Bearer a.b.c", "Bearer é.é.é"),
    *("Bearer \x00", "Bearer " + "a" * 8000, "Bearer a.b.c.d.e", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."),
]
HOSTILE_KIDS = ["", "../../../../dev/null", "x' UNION SELECT 'key'; --", "/etc/passwd", "| id", "\x00", "k" * 5000]
INVALID_KIDS = [None, 5, [], {}, ["first"], {"$ne": ""}]


@dataclass(frozen=True)
class Signed:
    """A token in its parts, one of which a test can change."""

    key: RSAPrivateKey
    header: dict[str, Any]
    claims: dict[str, Any]

    def __str__(self) -> str:
        return "Bearer " + forge(self.header, self.claims, rs256(self.key))

    def headed(self, **header: Any) -> "Signed":
        return replace(self, header=self.header | header)

    def claiming(self, **claims: Any) -> "Signed":
        return replace(self, claims=self.claims | claims)

    def without(self, claim: str) -> "Signed":
        return replace(self, claims={name: value for name, value in self.claims.items() if name != claim})


def own_token(user: User, settings: Any) -> Signed:
    settings.JWT_PRIVATE_KEYS = pem(OWN_KEY)
    session = SessionStore()
    session.create()
    now, key = int(time.time()), own.keys()[0]
    claims = {"iss": settings.JWT_ISSUER, "aud": settings.JWT_AUDIENCE, "iat": now, "exp": now + 60}
    named = {"sub": str(user.pk), "sid": own.encrypt_session_key(key, session.session_key), "jti": "1"}
    return Signed(OWN_KEY, {"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}, claims | named)


@pytest.fixture(params=["ours", "the identity provider's"])
def signed(user: User, settings: Any, viewer: Viewer, request: pytest.FixtureRequest) -> Iterator[Signed]:
    """A valid token."""
    if request.param == "ours":
        token = own_token(user, settings)
        assert viewer(str(token)) == user.email
        yield token
        return
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    with identity_provider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_AUDIENCE = provider.issuer, AUDIENCE
        settings.OIDC_JWKS_URL = provider.url
        claims = provider.claims(email=user.email, email_verified=True)
        token = Signed(OTHER_KEY, {"alg": "RS256", "kid": "first", "typ": "JWT"}, claims)
        assert viewer(str(token)) == user.email
        yield token


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(algorithm: str, signed: Signed, viewer: Viewer) -> None:
    header = signed.header | {"alg": algorithm}
    assert viewer("Bearer " + forge(header, signed.claims)) == REFUSED
    assert viewer("Bearer " + forge(header, signed.claims, rs256(signed.key))) == REFUSED
    assert viewer(str(signed).rpartition(".")[0] + ".") == REFUSED


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_token_whose_secret_is_the_public_key_is_refused(encoding: Encoding, signed: Signed, viewer: Viewer) -> None:
    public = signed.key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    for secret in (public, public.strip()):
        assert viewer("Bearer " + forge(signed.header | {"alg": "HS256"}, signed.claims, hs256(secret))) == REFUSED


@pytest.mark.parametrize("algorithm", ["RS512", "PS256", "ES256", "EdDSA", "HS256"])
def test_a_token_does_not_choose_its_algorithm(algorithm: str, signed: Signed, viewer: Viewer) -> None:
    assert viewer(str(signed.headed(alg=algorithm))) == REFUSED


@pytest.mark.parametrize("name", ["jku", "jwk", "x5u", "x5c", "crit", "b64"])
def test_a_header_that_brings_a_key_or_rules_is_refused(name: str, signed: Signed, viewer: Viewer) -> None:
    values = {"jwk": jwk(UNTRUSTED_KEY), "x5c": ["MIIB"], "crit": ["exp"], "b64": True}
    modified = signed.headed(**{name: values.get(name, "https://evil.example.com/keys")})
    assert viewer(str(replace(modified, key=UNTRUSTED_KEY))) == REFUSED
    assert viewer(str(modified)) == REFUSED  # though the signature is good


@pytest.mark.parametrize("kid", [*HOSTILE_KIDS, *INVALID_KIDS], ids=lambda kid: repr(kid)[:20])
def test_a_hostile_kid_is_refused(kid: Any, signed: Signed, viewer: Viewer) -> None:
    assert viewer(str(signed.headed(kid=kid))) == REFUSED
    assert viewer("Bearer " + forge({"alg": "RS256", "typ": "JWT"}, signed.claims, rs256(signed.key))) == REFUSED


def test_a_token_that_another_key_signed_is_refused(signed: Signed, viewer: Viewer) -> None:
    assert viewer(str(replace(signed, key=UNTRUSTED_KEY))) == REFUSED
    head, _, signature = str(signed).rpartition(".")
    assert viewer(str(signed.claiming(sub="0")).rpartition(".")[0] + "." + signature) == REFUSED
    assert viewer(f"{head}.{signature[:-3]}") == viewer(f"{head}.{signature}AAAA") == REFUSED


@pytest.mark.parametrize("claim", ["iss", "aud"])
def test_a_token_of_another_issuer_or_audience_is_refused(claim: str, signed: Signed, viewer: Viewer) -> None:
    right = signed.claims[claim]
    for wrong in ("https://evil.example.com", right[:-1], right + "/", right.upper(), "", None, 5, {right: 1}):
        assert viewer(str(signed.claiming(**{claim: wrong}))) == REFUSED
    assert viewer(str(signed.without(claim))) == REFUSED


def test_an_expired_token_is_refused(signed: Signed, viewer: Viewer) -> None:
    for exp in (time.time() - 11, 0, -1, None, "soon", [], float("inf")):
        assert viewer(str(signed.claiming(exp=exp))) == REFUSED
    assert viewer(str(signed.without("exp"))) == REFUSED


def test_a_token_that_is_not_yet_valid_is_refused(signed: Signed, viewer: Viewer) -> None:
    assert viewer(str(signed.claiming(nbf=time.time() - 1))) == CREDENTIALS["email"]
    for nbf in (time.time() + 30, "now", []):
        assert viewer(str(signed.claiming(nbf=nbf))) == REFUSED


def test_a_token_of_a_key_that_was_rotated_out_is_refused(signed: Signed, settings: Any, viewer: Viewer) -> None:
    settings.JWT_PRIVATE_KEYS = pem(UNTRUSTED_KEY, OWN_KEY)
    assert viewer(str(signed)) == CREDENTIALS["email"]
    settings.JWT_PRIVATE_KEYS = pem(UNTRUSTED_KEY)
    with identity_provider() as renewed:
        renewed.keys = {"second": UNTRUSTED_KEY}
        settings.OIDC_JWKS_URL = renewed.url
        assert viewer(str(signed)) == REFUSED


def test_a_token_of_an_inactive_account_is_refused(user: User, signed: Signed, viewer: Viewer) -> None:
    User.objects.update(is_active=False)
    assert viewer(str(signed)) == REFUSED
    User.objects.update(is_active=True)
    assert viewer(str(signed)) == user.email


def test_a_token_of_a_deleted_account_is_refused(user: User, signed: Signed, viewer: Viewer) -> None:
    user.delete()
    assert viewer(str(signed)) == REFUSED


@pytest.mark.parametrize("subject", ["0", "-1", "9" * 30, "", 5, None, "s" * 256, "\ud800"])
def test_a_token_of_an_unknown_account_is_refused(subject: Any, signed: Signed, viewer: Viewer) -> None:
    EmailAddress.objects.all().delete()
    assert viewer(str(signed.claiming(sub=subject))) == REFUSED


@pytest.mark.parametrize("header", ["", " "])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_empty_header_is_the_same_as_none(method: str, header: str, client: Browser, user: User) -> None:
    """Clients that have no token send it, such as Apollo's with the example of its documentation."""
    query = {"query": "{ viewer { isAuthenticated email } }"}

    def ask(**headers: str) -> Any:
        if method == "GET":
            return client.get("/graphql/", query, headers=headers)
        return client.post("/graphql/", query, content_type="application/json", headers=headers)

    with_empty, without = ask(Authorization=header), ask()
    assert with_empty.json() == {"data": {"viewer": {"isAuthenticated": False, "email": None}}}
    for response in (with_empty, without):
        del response.headers["X-Request-ID"]
    assert (with_empty.status_code, with_empty.content) == (without.status_code, without.content)
    assert with_empty.headers.items() == without.headers.items()


@pytest.mark.parametrize("header", ["", " "])
def test_an_empty_header_is_the_same_as_none_for_a_public_response(
    header: str, client: Browser, practice: Practice
) -> None:
    query = {"query": "{ providers(first: 1) { nodes { name } } }"}
    with_empty = client.get("/graphql/", query, headers={"Authorization": header})
    without = client.get("/graphql/", query)
    assert with_empty["Cache-Control"] == without["Cache-Control"]
    assert with_empty["Cache-Control"].startswith("public")
    assert with_empty["ETag"] == without["ETag"]


@pytest.mark.parametrize("header", ["", " "])
def test_an_empty_header_is_the_same_as_none_for_allauth(header: str, client: Browser, user: User) -> None:
    cache.clear()
    empty = {"Authorization": header, "X-Session-Token": ""}
    response = client.post("/auth/app/v1/auth/login", CREDENTIALS, content_type="application/json", headers=empty)
    assert response.status_code == 200
    response = client.get("/auth/app/v1/config", headers=empty)
    assert response.status_code == 200


@pytest.mark.parametrize("header", MALFORMED, ids=lambda header: header[:20])
def test_a_malformed_header_is_refused(header: str, viewer: Viewer, db: None) -> None:
    assert viewer(header) == REFUSED


def test_a_token_of_another_kind_is_refused(signed: Signed, viewer: Viewer) -> None:
    for kind in ("rt+jwt", "logout+jwt", None, 5):
        assert viewer(str(signed.headed(typ=kind))) == REFUSED


def test_an_identity_provider_that_is_not_configured_is_not_trusted(
    signed: Signed, settings: Any, viewer: Viewer
) -> None:
    settings.OIDC_JWKS_URL = ""
    assert viewer(str(signed)) == (REFUSED if signed.key is OTHER_KEY else CREDENTIALS["email"])


def test_a_known_caller_takes_one_statement(user: User, signed: Signed, django_assert_num_queries: Any) -> None:
    from api.http.authentication import find_owner

    with django_assert_num_queries(1):
        assert find_owner(str(signed).removeprefix("Bearer "))


def test_keys_are_rotated_without_a_log_in(user: User, settings: Any, send: Send, viewer: Viewer) -> None:
    for before, during, after in (
        (
            {"JWT_PRIVATE_KEYS": pem(OWN_KEY)},
            {"JWT_PRIVATE_KEYS": pem(OTHER_KEY, OWN_KEY)},
            {"JWT_PRIVATE_KEYS": pem(OTHER_KEY)},
        ),
        (
            {"JWT_PRIVATE_KEYS": "", "SECRET_KEY": "old" * 20},
            {"SECRET_KEY": "new" * 20, "SECRET_KEY_FALLBACKS": ["old" * 20]},
            {"SECRET_KEY_FALLBACKS": []},
        ),
    ):
        set_all(settings, before)
        meta = send("auth/login", CREDENTIALS).json()["meta"]
        set_all(settings, during)
        assert viewer(f"Bearer {meta['access_token']}") == user.email
        renewed = send("tokens/refresh", {"refresh_token": meta["refresh_token"]}).json()["data"]
        set_all(settings, after)
        assert viewer(f"Bearer {meta['access_token']}") == REFUSED
        assert send("tokens/refresh", {"refresh_token": meta["refresh_token"]}).status_code == 400
        if "JWT_PRIVATE_KEYS" in after:  # the session itself is signed with SECRET_KEY
            assert viewer(f"Bearer {renewed['access_token']}") == user.email
            assert send("tokens/refresh", {"refresh_token": renewed["refresh_token"]}).status_code == 200


def set_all(settings: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def test_an_access_token_ends_with_its_session(user: User, viewer: Viewer) -> None:
    session = SessionStore()
    session.create()
    token, _ = issue_tokens(user.pk, session)
    assert viewer(f"Bearer {token}") == user.email
    session.delete()
    assert viewer(f"Bearer {token}") == REFUSED


def test_a_token_expires_after_its_lifetime(user: User, viewer: Viewer) -> None:
    session = SessionStore()
    session.create()
    token = own.Token(user_id=user.pk, session_key=session.session_key or "", jti="1")
    for lifetime, answer in ((timedelta(seconds=2), user.email), (timedelta(0), REFUSED)):
        written = own.write_token(own.TokenType.ACCESS, token, lifetime=lifetime, now=timezone.now())
        assert viewer(f"Bearer {written}") == answer
