"""Writes schema.graphql, or says that it is stale."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from graphql import print_schema

from api.schema import schema

PATH = settings.BASE_DIR / "schema.graphql"


class Command(BaseCommand):
    help = "Write the served schema to schema.graphql."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when the file is stale.")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        served = print_schema(schema) + "\n"
        if check:
            if not PATH.exists() or PATH.read_text() != served:
                raise CommandError("schema.graphql is stale: run `manage.py export_schema`.")
            return
        PATH.write_text(served)
        self.stdout.write(f"Wrote {PATH.name}.")
