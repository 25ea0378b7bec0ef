"""Exports a client's data as JSON."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reservation.domain.queries.export import export_client
from reservation.management.client import as_caller, find_client


class Command(BaseCommand):
    help = "Write all data of a client, for that client."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client", metavar="EMAIL_OR_ID", help="the client's address, or its number in the admin")
        parser.add_argument("--output", type=Path, help="a new file, readable by its owner alone (the terminal)")

    def handle(self, *_args: Any, client: str, output: Path | None, **_options: Any) -> None:
        found = find_client(client)
        data = export_client(caller=as_caller(found), client_id=found.pk, now=timezone.now())
        text = json.dumps(data, ensure_ascii=False, indent=2)
        if output is None:
            self.stdout.write(text)
            return
        try:
            with open(output, "x", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(f"{text}\n")
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}.") from error
