"""Encrypts the secrets of second factors with the first key: those in clear, and those of former keys."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from accounts.second_factor import encrypt_again


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of second factors with the first of MFA_ENCRYPTION_KEYS, or with SECRET_KEY if there are "
        "none. Run it before removing a former key. It can be repeated, and run while the application serves."
    )

    def handle(self, **_options: Any) -> None:
        changed, lost = 0, dict[int, None]()  # the keys of a dict are ordered
        for pk, user_id in Authenticator.objects.order_by("pk").values_list("pk", "user_id"):
            try:
                changed += encrypt_again(pk)
            except ImproperlyConfigured:
                lost[user_id] = None
        self.stdout.write(f"{changed} second factors are encrypted with the first key now; all others were.")
        if lost:
            raise CommandError(
                f"No key decrypts those of the accounts {', '.join(map(str, lost))}: add the former key."
            )
