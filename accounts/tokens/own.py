"""Our own tokens: for five minutes of access, or for new ones. Each stands for an account in a session."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from django.conf import settings

from accounts.tokens import InvalidToken
from accounts.tokens.keys import Key, own_keys

NONCE_BYTES = 12
CLAIMS = ["iss", "aud", "iat", "exp", "sub", "sid", "jti"]


class Kind(StrEnum):
    """What a token is for, as its header's `typ` says it (RFC 9068 has the first)."""

    ACCESS = "at+jwt"
    REFRESH = "rt+jwt"


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a token says. jti: its own name."""

    user_id: int
    session_key: str
    jti: str


def write_token(kind: Kind, token: Token, *, lifetime: timedelta, now: datetime) -> str:
    key = keys()[0]
    claims = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "sub": str(token.user_id),
        "sid": hide(key, token.session_key),
        "jti": token.jti,
    }
    return sign(key, kind, claims)


def is_own(token: str) -> bool:
    """Whether it has a header that we would write with one of our keys; it may be forged all the same."""
    return token.partition(".")[0] in headers(keys())


def read_token(kind: Kind, token: str) -> Token:
    """What a token of this kind says. Raises InvalidToken unless one of our keys has signed it, and it is its time.

    The header is compared with those that we write, byte by byte, and is never interpreted: neither its algorithm nor
    its key, nor a place to find one, is anything that a token could choose.
    """
    key = headers(keys()).get(token.partition(".")[0], {}).get(kind)
    if key is None:
        raise InvalidToken
    try:
        claims = jwt.decode(
            token,
            key.verifying,
            algorithms=[key.algorithm],
            issuer=settings.JWT_ISSUER,
            audience=settings.JWT_AUDIENCE,
            # Another server's clock may be ahead of ours: since when a token may be used would be in nbf.
            options={"require": CLAIMS, "strict_aud": True, "verify_iat": False},
        )
        return Token(user_id=int(claims["sub"]), session_key=reveal(key, claims["sid"]), jti=claims["jti"])
    except (jwt.PyJWTError, InvalidTag, TypeError, ValueError) as error:
        raise InvalidToken from error


def sign(key: Key, kind: Kind, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, key.signing, key.algorithm, headers={"kid": key.kid, "typ": kind})


def keys() -> tuple[Key, ...]:
    return own_keys(settings.JWT_PRIVATE_KEYS, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def headers(keys: tuple[Key, ...]) -> dict[str, dict[Kind, Key]]:
    """Each first part that a token of ours can have: what it is for, and who has signed it."""
    return {sign(key, kind, {}).partition(".")[0]: {kind: key} for key in keys for kind in Kind}


def hide(key: Key, session_key: str) -> str:
    """Who sees a token must not learn the session's key, which is as good as a log-in for as long as it lasts."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + key.cipher.encrypt(nonce, session_key.encode(), None)).decode()


def reveal(key: Key, sid: str) -> str:
    """The session's key that this very key has hidden in a token that it has signed."""
    hidden = base64.urlsafe_b64decode(sid)
    return key.cipher.decrypt(hidden[:NONCE_BYTES], hidden[NONCE_BYTES:], None).decode()
