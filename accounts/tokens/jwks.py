"""The public keys of an identity provider (JWKS), fetched and cached."""

import logging
import time
from collections.abc import Callable
from threading import Lock
from urllib.parse import urlsplit

import jwt
from django.core.exceptions import ImproperlyConfigured

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""The signature algorithms that are accepted: asymmetric ones only, never a shared secret."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
JWKS_TIMEOUT_SECONDS = 3
JWKS_TTL_SECONDS = 300
"""After this the keys are fetched again; until that succeeds, the cached ones stay in use."""

JWKS_RETRY_SECONDS = 30
"""The shortest time between two fetches, however many tokens name an unknown key."""

logger = logging.getLogger(__name__)


def check_url(url: str, *, loopback: bool) -> None:
    """Raises ImproperlyConfigured unless the URL is HTTPS, so that the keys cannot be replaced in transit.

    loopback: plain HTTP to this machine is accepted too.
    """
    parts = urlsplit(url)
    is_local = loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not is_local and not (parts.scheme == "https" and parts.hostname):
        raise ImproperlyConfigured("OIDC_JWKS_URL begins with https://.")


class KeySet:
    """The keys of one URL, shared by the threads of a process. One thread fetches; the others use the cached keys."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        # PyJWT's client makes the request only. Its cache would drop the keys while the provider is down, and fetch for
        # every unknown key id.
        self.client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=JWKS_TIMEOUT_SECONDS)
        self.clock = clock
        self.keys: dict[str, jwt.PyJWK] = {}
        self.fetched_at = self.tried_at = float("-inf")
        self.lock = Lock()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """Returns the key with this id, or None when the provider has none."""
        if kid not in self.keys or self.clock() - self.fetched_at >= JWKS_TTL_SECONDS:
            self.refresh()
        return self.keys.get(kid)

    def refresh(self) -> None:
        """Fetches the keys, unless another thread does or has just tried. Others wait only while no key is cached."""
        if not self.lock.acquire(blocking=not self.keys):
            return
        try:
            if self.clock() - self.tried_at >= JWKS_RETRY_SECONDS:
                self.tried_at = self.clock()
                self.keys = self.fetch()
                self.fetched_at = self.clock()
        except (jwt.PyJWTError, OSError, ValueError, RecursionError) as error:
            logger.warning("The identity provider's keys could not be fetched: %s", error)
        finally:
            self.lock.release()

    def fetch(self) -> dict[str, jwt.PyJWK]:
        """Returns the provider's keys for signatures by key id. Raises PyJWTError when there are none."""
        found = {
            key.key_id: key
            for key in jwt.PyJWKSet.from_dict(self.client.fetch_data())
            if key.algorithm_name in ALGORITHMS and key.public_key_use in ("sig", None) and isinstance(key.key_id, str)
        }
        if not found:
            raise jwt.PyJWKSetError("no key with an id and an accepted signature algorithm")
        return found
