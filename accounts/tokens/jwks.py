"""The public keys of an identity provider, fetched from it now and then."""

import logging
import time
from collections.abc import Callable
from threading import Lock
from urllib.parse import urlsplit

import jwt
from django.core.exceptions import ImproperlyConfigured

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""What a provider may sign with: never a secret that both sides know."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT_SECONDS = 3
FRESH_SECONDS = 300
"""After how long the keys are fetched again; until that has worked, those that we have stay good."""

PAUSE_SECONDS = 30
"""How long no key is fetched after an attempt, however many tokens name one that nobody knows."""

logger = logging.getLogger(__name__)


def check_url(url: str, *, loopback: bool) -> None:
    """Raise ImproperlyConfigured unless it is HTTPS or, where that is allowed, of this machine: nobody else answers."""
    parts = urlsplit(url)
    is_local = loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not is_local and not (parts.scheme == "https" and parts.hostname):
        raise ImproperlyConfigured("OIDC_JWKS_URL begins with https://.")


class KeySet:
    """Shared by all threads of a process. One of them fetches, inside its request; the others use what there is."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        # Of PyJWT's client it is the request: no redirects, a timeout, an object. Its cache would forget the keys when
        # the provider is down, and ask it for every unknown one.
        self.client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=TIMEOUT_SECONDS)
        self.clock = clock
        self.keys: dict[str, jwt.PyJWK] = {}
        self.fetched_at = self.tried_at = float("-inf")
        self.lock = Lock()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """The key with this name, if the provider has one."""
        if kid not in self.keys or self.clock() - self.fetched_at >= FRESH_SECONDS:
            self.refresh()
        return self.keys.get(kid)

    def refresh(self) -> None:
        """Fetch the keys, unless somebody is at it or tried a moment ago. Only the first keys are waited for."""
        if not self.lock.acquire(blocking=not self.keys):
            return
        try:
            if self.clock() - self.tried_at >= PAUSE_SECONDS:
                self.tried_at = self.clock()
                self.keys = self.fetch()
                self.fetched_at = self.clock()
        except (jwt.PyJWTError, OSError, ValueError, RecursionError) as error:
            logger.warning("The identity provider's keys could not be fetched: %s", error)
        finally:
            self.lock.release()

    def fetch(self) -> dict[str, jwt.PyJWK]:
        """The public keys to verify with, by their names; without any it is a PyJWTError."""
        found = {
            key.key_id: key
            for key in jwt.PyJWKSet.from_dict(self.client.fetch_data())
            if key.algorithm_name in ALGORITHMS and key.public_key_use in ("sig", None) and isinstance(key.key_id, str)
        }
        if not found:
            raise jwt.PyJWKSetError("none of them is for us")
        return found
