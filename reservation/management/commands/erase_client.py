"""Erases a client."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reservation.domain.erasure import erase_client
from reservation.domain.errors import DomainError
from reservation.management.client import as_caller, find_client


class Command(BaseCommand):
    help = "Delete a client and its account for good. Future reservations are cancelled, past ones anonymised."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client", metavar="EMAIL_OR_ID", help="the client's address, or its number in the admin")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_args: Any, client: str, yes: bool, **_options: Any) -> None:
        found = find_client(client)
        if not yes:
            require_confirmation(f"Erase {found.name} ({found.user.email}) for good? Type yes: ")
        try:
            anonymised = erase_client(caller=as_caller(found), client_id=found.pk, now=timezone.now())
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Erased. {anonymised} reservations were anonymised.")


def require_confirmation(question: str) -> None:
    """Ask at the terminal. Raises CommandError for another answer than yes, and without a terminal."""
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask at: pass --yes.")
    if input(question) != "yes":
        raise CommandError("Nothing was erased.")
