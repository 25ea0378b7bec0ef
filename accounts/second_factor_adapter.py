"""The hooks of django-allauth for second factors: their secrets are encrypted in the database.

The first of MFA_ENCRYPTION_KEYS encrypts, all decrypt. Without any, and besides them, keys derived from SECRET_KEY and
its fallbacks do. To rotate, put a new key before the old one, and run `encrypt_second_factors` before removing that.
"""

import base64
import logging
from functools import cache

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

ENCRYPTED = "fernet:"
"""Precedes an encrypted secret. One without it was stored by a version that did not encrypt."""

UNREADABLE = (
    "The secret of a second factor was encrypted with another key. Add it to MFA_ENCRYPTION_KEYS, or the former "
    "SECRET_KEY to SECRET_KEY_FALLBACKS."
)

SALT = "reservation.second_factors"
"""Never changes, wherever this module moves: another one would lock out everybody with a second factor."""


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """Returns the secret as it is stored: encrypted with the first key."""
        return ENCRYPTED + ciphers()[0].encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Returns the secret, also one that an earlier version stored in clear.

        Raises ImproperlyConfigured when none of the keys has encrypted it. The log says so too, since it has no
        messages of exceptions.
        """
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text
        try:
            return MultiFernet(ciphers()).decrypt(encrypted_text.removeprefix(ENCRYPTED)).decode()
        except InvalidToken as error:
            logger.error(UNREADABLE)
            raise ImproperlyConfigured(UNREADABLE) from error

    def is_encrypted_with_first_key(self, stored: str) -> bool:
        """Returns whether a stored secret needs no other key than the first one."""
        if not stored.startswith(ENCRYPTED):
            return False
        try:
            ciphers()[0].decrypt(stored.removeprefix(ENCRYPTED))
        except InvalidToken:
            return False
        return True


def ciphers() -> tuple[Fernet, ...]:
    return derive_ciphers((*settings.MFA_ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@cache
def derive_ciphers(secrets: tuple[str, ...]) -> tuple[Fernet, ...]:
    """Returns a cipher for each text. Not with the text itself as its key, since SECRET_KEY signs sessions too."""
    digests = (salted_hmac(SALT, "", secret=secret, algorithm="sha256").digest() for secret in secrets)
    return tuple(Fernet(base64.urlsafe_b64encode(digest)) for digest in digests)
