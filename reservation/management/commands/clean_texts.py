"""Brings names and texts that are stored already to the rules for new ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reservation.models import Client, Provider, Reservation, Service
from reservation.models.stored_texts import clean_stored_texts


class Command(BaseCommand):
    help = (
        "Remove from stored names, notes and other texts what new ones may not contain, such as control characters, and"
        " renew the folded names that searches compare. Nothing that shows is lost. Fails if a text is left as it is,"
        " because it shows nothing without what is forbidden: change that one by hand. Run it after an upgrade of"
        " Python, whose Unicode tables may have changed."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        undecided: list[str] = []
        for model in (Client, Provider, Service, Reservation):
            cleaning = clean_stored_texts(model)
            self.stdout.write(f"{model.__name__}: {cleaning.changed} changed.")
            undecided += [f"{model.__name__} {pk}: {field}" for pk, field in cleaning.undecided]
        if undecided:
            raise CommandError("These were left as they are: change them by hand.\n" + "\n".join(undecided))
