"""For who has lost both the authenticator app and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.second_factor import reset_second_factor
from reservation.models import User


class Command(BaseCommand):
    help = "Take the second factor of an account away and end its sessions. Make sure first who is asking."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError("There is no account with this address.") from None
        if not reset_second_factor(user):
            raise CommandError("This account has no second factor.")
        self.stdout.write("It is gone, and the account is logged out everywhere. Staff sets up another at the log-in.")
