"""The tokens that this API issues: access tokens and refresh tokens. Each names an account and one of its sessions."""

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
from accounts.tokens.keys import TokenKey, load_keys

NONCE_BYTES = 12
REQUIRED_CLAIMS = ["iss", "aud", "iat", "exp", "sub", "sid", "jti"]


class TokenType(StrEnum):
    """The purpose of a token: its header's `typ`. RFC 9068 defines the first; the second is made alike."""

    ACCESS = "at+jwt"
    REFRESH = "rt+jwt"


@dataclass(frozen=True, kw_only=True)
class Token:
    """The claims of a token. jti: its unique id."""

    user_id: int
    session_key: str
    jti: str


def write_token(token_type: TokenType, token: Token, *, lifetime: timedelta, now: datetime) -> str:
    key = keys()[0]
    claims = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "sub": str(token.user_id),
        "sid": encrypt_session_key(key, token.session_key),
        "jti": token.jti,
    }
    return sign(key, token_type, claims)


def is_own(token: str) -> bool:
    """Returns whether the token's header is one that this API writes. Its signature is not verified yet."""
    return token.partition(".")[0] in headers(keys())


def read_token(token_type: TokenType, token: str) -> Token:
    """Returns the claims of a token of this type.

    Raises InvalidToken unless one of the keys has signed it, for this issuer and audience, and it has not expired.

    The header is compared byte by byte with those that this API writes, and never parsed: so a token can choose
    neither its algorithm nor its key, nor a URL to fetch one from.
    """
    key = headers(keys()).get(token.partition(".")[0], {}).get(token_type)
    if key is None:
        raise InvalidToken
    try:
        claims = jwt.decode(
            token,
            key.verifying,
            algorithms=[key.algorithm],
            issuer=settings.JWT_ISSUER,
            audience=settings.JWT_AUDIENCE,
            # `iat` is not compared with the clock: the server that issued the token may be ahead of this one.
            options={"require": REQUIRED_CLAIMS, "strict_aud": True, "verify_iat": False},
        )
        return Token(user_id=int(claims["sub"]), session_key=decrypt_session_key(key, claims["sid"]), jti=claims["jti"])
    except (jwt.PyJWTError, InvalidTag, TypeError, ValueError) as error:
        raise InvalidToken from error


def sign(key: TokenKey, token_type: TokenType, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, key.signing, key.algorithm, headers={"kid": key.kid, "typ": token_type})


def keys() -> tuple[TokenKey, ...]:
    return load_keys(settings.JWT_PRIVATE_KEYS, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def headers(keys: tuple[TokenKey, ...]) -> dict[str, dict[TokenType, TokenKey]]:
    """Maps each encoded header that this API writes to the type of its token, and the key that signed it."""
    return {sign(key, token_type, {}).partition(".")[0]: {token_type: key} for key in keys for token_type in TokenType}


def encrypt_session_key(key: TokenKey, session_key: str) -> str:
    """Returns the `sid` claim. Encrypted, since the session's key alone authenticates while the session lasts."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + key.cipher.encrypt(nonce, session_key.encode(), None)).decode()


def decrypt_session_key(key: TokenKey, sid: str) -> str:
    """Returns the session's key from a `sid` claim. Raises InvalidTag or ValueError when it is not of this key."""
    hidden = base64.urlsafe_b64decode(sid)
    return key.cipher.decrypt(hidden[:NONCE_BYTES], hidden[NONCE_BYTES:], None).decode()
