"""The keys of this API's tokens: the first signs, all verify.

To rotate, put a new key before the old one, and remove the old one when its last token has expired.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac
from jwt.algorithms import HMACAlgorithm, OKPAlgorithm, RSAAlgorithm

MIN_RSA_BITS = 2048
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----\s.*?-----END \1-----", re.DOTALL)
THUMBPRINT_MEMBERS = {"OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n"), "oct": ("k", "kty")}
SALT = "reservation.tokens."
"""Never changes, wherever this module moves: another one would invalidate all tokens and log everybody out."""


@dataclass(frozen=True, eq=False)
class TokenKey:
    """A key with the one algorithm that it signs and verifies with, whatever a token's header says.

    cipher: encrypts the session key inside a token, which only this API may read.
    """

    kid: str
    algorithm: str
    signing: Any = field(repr=False)
    verifying: Any = field(repr=False)
    cipher: AESGCM = field(repr=False)


@cache
def load_keys(pem: str, secrets: tuple[str, ...]) -> tuple[TokenKey, ...]:
    """Returns the private keys in a text of PEM blocks; for an empty text, keys derived from these secrets.

    Raises ImproperlyConfigured unless each block is an Ed25519 key, or an RSA key of at least 2048 bits.
    """
    return tuple(read_private_keys(pem) if pem.strip() else map(derive_key, secrets))


def read_private_keys(pem: str) -> Iterable[TokenKey]:
    if PEM.sub("", pem).strip():
        raise ImproperlyConfigured("JWT_PRIVATE_KEYS has something beside PEM blocks.")
    for block in PEM.finditer(pem):
        try:
            key = load_pem_private_key(block[0].encode(), password=None)
        except (TypeError, ValueError) as error:
            raise ImproperlyConfigured(
                "JWT_PRIVATE_KEYS has a block that is not a private key, or is encrypted."
            ) from error
        yield private_key(key)


def private_key(key: Any) -> TokenKey:
    """Returns the key with its RFC 7638 thumbprint as its id."""
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        algorithm, jwk = "EdDSA", OKPAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(key, RSAPrivateKey) and key.key_size >= MIN_RSA_BITS:
        algorithm, jwk = "RS256", RSAAlgorithm.to_jwk(public, as_dict=True)
    else:
        raise ImproperlyConfigured("JWT_PRIVATE_KEYS are RSA keys of at least 2048 bits, or Ed25519 keys.")
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return TokenKey(thumbprint(jwk), algorithm, key, public, cipher_of(secret))


def derive_key(secret: str) -> TokenKey:
    """Returns a key for HS256. Not the secret itself, which signs sessions and forms too."""
    key = derive(secret, "signature")
    return TokenKey(thumbprint(HMACAlgorithm.to_jwk(key, as_dict=True)), "HS256", key, key, cipher_of(secret))


def cipher_of(secret: str | bytes) -> AESGCM:
    return AESGCM(derive(secret, "session"))


def derive(secret: str | bytes, purpose: str) -> bytes:
    return salted_hmac(SALT + purpose, "", secret=secret, algorithm="sha256").digest()


def thumbprint(jwk: dict[str, Any]) -> str:
    """Returns the RFC 7638 thumbprint of a key."""
    members = {name: jwk[name] for name in THUMBPRINT_MEMBERS[jwk["kty"]]}
    return base64.urlsafe_b64encode(hashlib.sha256(orjson.dumps(members)).digest()).rstrip(b"=").decode()
