"""Writes schema.graphql, or checks that it is current."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from graphql import print_schema

from api.management.export import ExportCommand
from api.schema import schema

PATH = settings.BASE_DIR / "schema.graphql"


class Command(ExportCommand):
    help = "Write the served schema to schema.graphql."

    def files(self) -> Mapping[Path, str]:
        return {PATH: print_schema(schema) + "\n"}
