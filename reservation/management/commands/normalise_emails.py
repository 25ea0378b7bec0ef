"""Gives the addresses of accounts their normal form, and lists those in doubt: the migration does the same once."""

from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand
from django.db import transaction

from reservation.models import User
from reservation.models.stored_emails import normalise_stored_emails


class Command(BaseCommand):
    help = "Store the normal form of each e-mail address that is not in doubt, and list the accounts in doubt."

    def handle(self, *_args: Any, **_options: Any) -> None:
        with transaction.atomic():
            report = normalise_stored_emails(User.objects.all(), EmailAddress.objects.all())
        lines = [*report.lines()] or ["Every address is in its normal form."]
        self.stdout.write("\n".join(lines))
