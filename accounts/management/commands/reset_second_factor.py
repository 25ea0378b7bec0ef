"""Removes the second factor of an account whose owner has lost both the authenticator app and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.second_factor import reset_second_factor
from reservation.management.client import find_account


class Command(BaseCommand):
    help = "Remove the second factor of an account and end its sessions. Verify first that its owner has asked for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the email address of the account")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        user = find_account(email)
        if user is None:
            raise CommandError("There is no account with this address.")
        if not reset_second_factor(user):
            raise CommandError("This account has no second factor.")
        self.stdout.write(
            "The second factor is removed, and every session has ended. Staff sets up another one at the next log-in."
        )
