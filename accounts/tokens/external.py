"""Tokens of an external identity provider: whom it says that we are talking with."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from django.conf import settings

from accounts.tokens import InvalidToken
from accounts.tokens.jwks import KeySet

HEADER = frozenset({"alg", "kid", "typ", "x5t"})
"""What a header may have. All else is refused: it brings a key (jku, jwk, x5u, x5c) or changes the rules (crit)."""

TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
CLAIMS = ["iss", "aud", "exp", "sub"]
LEEWAY_SECONDS = 10
"""How far the provider's clock may be from ours."""

MAX_KID, MAX_SUBJECT = 256, 255

key_set = cache(KeySet)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who somebody is at the issuer. email: an address that the issuer has verified to be theirs."""

    issuer: str
    subject: str
    email: str | None


def read_token(token: str) -> Identity:
    """Whom a token stands for. Raises InvalidToken, also when no provider is set up, or its keys are out of reach."""
    if not settings.OIDC_JWKS_URL:
        raise InvalidToken
    try:
        kid = kid_of(jwt.get_unverified_header(token))
        key = key_set(settings.OIDC_JWKS_URL).find(kid)
        if key is None:
            raise InvalidToken
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=settings.OIDC_ISSUER,
            audience=settings.OIDC_AUDIENCE,
            leeway=LEEWAY_SECONDS,
            options={"require": CLAIMS, "enforce_minimum_key_length": True},
        )
    except (jwt.PyJWTError, UnicodeError) as error:
        raise InvalidToken from error
    return identity_of(claims)


def kid_of(header: dict[str, Any]) -> str:
    """The name of the key. Raises InvalidToken when the header wants more than to name one."""
    kid = header.get("kid")
    if header.keys() - HEADER or str(header.get("typ", "JWT")).lower() not in TYPES:
        raise InvalidToken
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID:
        raise InvalidToken
    return kid


def identity_of(claims: dict[str, Any]) -> Identity:
    if not (0 < len(claims["sub"]) <= MAX_SUBJECT and claims["sub"].isascii()):
        raise InvalidToken
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email if isinstance(email, str) and email.isascii() else None,  # the Kelvin sign is a k in lower case
    )
