"""Password hashers whose memory and CPU are bounded: each process computes few hashes at once, and refuses the rest."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher

RETRY_SECONDS = 1
"""After this a refused request may be sent again: a hash takes a fraction of it."""


class TooManyHashes(Exception):
    """The process computes as many password hashes as PASSWORD_HASHES allows. Nothing was changed."""


class HashSlots:
    """Counts the hashes that this process computes, in units of the memory of one hash of the current parameters."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.taken = 0

    @contextmanager
    def take(self, number: int = 1) -> Iterator[None]:
        """Takes so many slots of PASSWORD_HASHES; more than there are counts as all of them.

        Raises TooManyHashes at once when they are not free: a thread that waited would be missing for other requests.
        """
        number = min(number, settings.PASSWORD_HASHES)
        with self.lock:
            if self.taken + number > settings.PASSWORD_HASHES:
                raise TooManyHashes
            self.taken += number
        try:
            yield
        finally:
            with self.lock:
                self.taken -= number

    def require_free(self) -> None:
        """Raises TooManyHashes while none is free."""
        if self.taken >= settings.PASSWORD_HASHES:
            raise TooManyHashes


slots = HashSlots()


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with the parameters that OWASP recommends, which take 19 MiB. Django's take 100 MiB and 8 threads.

    A hash of other parameters is verified with them, and replaced when its owner logs in.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Raises TooManyHashes."""
        with slots.take():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Takes slots for the memory of the stored hash. Raises TooManyHashes."""
        with slots.take(math.ceil(self.decode(encoded)["memory_cost"] / self.memory_cost)):
            return bool(super().verify(password, encoded))


class PBKDF2Hasher(PBKDF2PasswordHasher):
    """For accounts of other applications, until their owners log in. `verify` calls `encode`."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Raises TooManyHashes."""
        with slots.take():
            return str(super().encode(password, salt, iterations))
