"""Access tokens of an external identity provider (OIDC), as OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL name it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from django.conf import settings

from accounts.tokens import InvalidToken
from accounts.tokens.jwks import KeySet

HEADER_PARAMETERS = frozenset({"alg", "kid", "typ", "x5t"})
"""The header parameters that a token may have. Others could supply a key (jku, jwk, x5u, x5c) or new rules (crit)."""

TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
REQUIRED_CLAIMS = ["iss", "aud", "exp", "sub"]
LEEWAY_SECONDS = 10
"""How far the provider's clock and this server's may differ."""

MAX_KID, MAX_SUBJECT = 256, 255

key_set = cache(KeySet)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A person as the issuer names them. email: an address of theirs that the issuer has verified, or None."""

    issuer: str
    subject: str
    email: str | None


def read_identity(token: str) -> Identity:
    """Returns the identity that an access token asserts.

    Raises InvalidToken, also when no provider is configured or its keys have never been fetched.
    """
    if not settings.OIDC_JWKS_URL:
        raise InvalidToken
    return verify(token, jwks_url=settings.OIDC_JWKS_URL, issuer=settings.OIDC_ISSUER, audience=settings.OIDC_AUDIENCE)


def verify(token: str, *, jwks_url: str, issuer: str, audience: str) -> Identity:
    """Returns the identity that a token of this issuer for this audience asserts. Raises InvalidToken."""
    try:
        kid = kid_of(jwt.get_unverified_header(token))
        key = key_set(jwks_url).find(kid)
        if key is None:
            raise InvalidToken
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED_CLAIMS, "enforce_minimum_key_length": True},
        )
    except (jwt.PyJWTError, UnicodeError) as error:
        raise InvalidToken from error
    return identity_of(claims)


def kid_of(header: dict[str, Any]) -> str:
    """Returns the key id (kid). Raises InvalidToken when the header has more than an algorithm, a type and a key id."""
    kid = header.get("kid")
    if header.keys() - HEADER_PARAMETERS or str(header.get("typ", "JWT")).lower() not in TYPES:
        raise InvalidToken
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID:
        raise InvalidToken
    return kid


def identity_of(claims: dict[str, Any]) -> Identity:
    """Returns the identity in verified claims. Raises InvalidToken when the subject would not fit its column."""
    if not (0 < len(claims["sub"]) <= MAX_SUBJECT and claims["sub"].isascii()):
        raise InvalidToken
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email if isinstance(email, str) else None,
    )
