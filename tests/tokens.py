"""Private keys, forged tokens, and an identity provider on a local port."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accounts.tokens.external import key_set

HOST = "127.0.0.1"
AUDIENCE = "https://appointments.example.com"


def rsa_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


OWN_KEY, OTHER_KEY, UNTRUSTED_KEY = rsa_key(), rsa_key(), rsa_key()


def pem(*keys: Any) -> str:
    """Returns these keys in the format of JWT_PRIVATE_KEYS."""
    return "".join(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in keys)


def jwk(key: RSAPrivateKey, **members: Any) -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "key_ops": ["verify"], **members}


def forge(header: Any, claims: Any, sign: Callable[[bytes], bytes] = lambda text: b"") -> str:
    """Returns a token with exactly this header, without PyJWT's checks."""
    text = b".".join(
        encode(json.dumps(part, separators=(",", ":"), sort_keys=True).encode()) for part in (header, claims)
    )
    return (text + b"." + encode(sign(text))).decode()


def encode(text: bytes) -> bytes:
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def rs256(key: RSAPrivateKey) -> Callable[[bytes], bytes]:
    algorithm = jwt.get_algorithm_by_name("RS256")
    return lambda text: algorithm.sign(text, key)


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda text: hmac.digest(secret, text, "sha256")


class IdentityProvider:
    """Publishes its keys over HTTP, and counts the requests. answer: returns the status and body of the response."""

    def __init__(self, port: int) -> None:
        self.url = f"http://{HOST}:{port}/jwks.json"
        self.issuer = f"http://{HOST}:{port}"
        self.keys = {"first": OTHER_KEY}
        self.requests = 0
        self.answer: Callable[[], tuple[int, Any]] = lambda: (200, {"keys": self.published()})

    def published(self) -> list[dict[str, Any]]:
        return [jwk(key, kid=kid, use="sig", alg="RS256") for kid, key in self.keys.items()]

    def claims(self, **claims: Any) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.issuer, "aud": AUDIENCE, "iat": now, "exp": now + 60, "sub": "Some|One", **claims}

    def token(self, *, kid: str = "first", **claims: Any) -> str:
        return jwt.encode(self.claims(**claims), self.keys[kid], "RS256", headers={"kid": kid})


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Yields a provider that listens on a free local port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.requests += 1
            status, body = provider.answer()
            text = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            if status == 302:
                self.send_header("Location", provider.url + "?again")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Logs nothing."""

    key_set.cache_clear()  # an earlier provider may have had this port
    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        provider = IdentityProvider(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
