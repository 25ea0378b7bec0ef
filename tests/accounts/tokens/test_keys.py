"""Keys of tokens: which of them sign and verify, and their ids."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, PublicFormat
from django.core.exceptions import ImproperlyConfigured

from accounts.tokens.keys import load_keys, thumbprint
from tests.tokens import OTHER_KEY, OWN_KEY, pem

ED25519 = Ed25519PrivateKey.generate()
PUBLIC = OWN_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
ENCRYPTED = OWN_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()

RFC_7638_MODULUS = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
    "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5haj"
    "rn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)
RFC_8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def test_the_id_of_a_key_is_its_thumbprint() -> None:
    rsa = {"kty": "RSA", "n": RFC_7638_MODULUS, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(rsa) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"  # RFC 7638, section 3.1
    ed25519 = {"kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X}
    assert thumbprint(ed25519) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"  # RFC 8037, appendix A.3


def test_keys_are_read_in_their_order_with_their_algorithm() -> None:
    keys = load_keys(pem(ED25519, OWN_KEY, OTHER_KEY), ("secret",))
    assert [key.algorithm for key in keys] == ["EdDSA", "RS256", "RS256"]
    assert [key.signing.private_numbers() for key in keys[1:]] == [
        OWN_KEY.private_numbers(),
        OTHER_KEY.private_numbers(),
    ]
    assert len({key.kid for key in keys}) == 3


def test_without_private_keys_each_secret_derives_one() -> None:
    keys = load_keys(" \n", ("new", "old"))
    assert [key.algorithm for key in keys] == ["HS256", "HS256"]
    assert keys[1].kid == load_keys("", ("old",))[0].kid != keys[0].kid
    token = jwt.encode({}, keys[0].signing, "HS256")
    with pytest.raises(jwt.InvalidSignatureError), pytest.warns(jwt.InsecureKeyLengthWarning):
        jwt.decode(token, "new", algorithms=["HS256"])  # the secret itself signs other things


def test_the_repr_of_a_key_reveals_no_secret() -> None:
    (key,) = load_keys("", ("secret",))
    assert repr(key) == f"TokenKey(kid='{key.kid}', algorithm='HS256')"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "x",
            "/run/secrets/jwt.pem",
            pem(OWN_KEY) + "x",
            pem(OWN_KEY)[:-30],
            pem(OWN_KEY).replace("MII", "MIX"),
            PUBLIC,
        ),
        *(ENCRYPTED, pem(ec_key(SECP256R1())), pem(generate_private_key(public_exponent=65537, key_size=1024))),
    ],
    ids=["text", "path", "rest", "cut off", "garbled", "public", "encrypted", "EC", "short RSA"],
)
def test_an_unusable_key_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^JWT_PRIVATE_KEYS "):
        load_keys(text, ())


def test_keys_derived_from_a_secret_are_the_same_in_every_release() -> None:
    """Otherwise an upgrade would invalidate all tokens. The id is that of a key which a former release derived."""
    (key,) = load_keys("", ("a secret key",))
    assert key.kid == "Q5Xv0GpYv0jYoPkwgDnTLUqgJEMIPWw5FrC5H4ZYvWM"
