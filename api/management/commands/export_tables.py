"""Writes the diagram of the tables in docs/architecture.md, or checks that it is current."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db.models import Field, ForeignKey, Model, OneToOneField, UniqueConstraint

from api.management.export import ExportCommand, with_block

Column: TypeAlias = "Field[Any, Any]"  # quoted: only the stubs have parameters
Reference: TypeAlias = "ForeignKey[Any, Any]"

PATH = settings.BASE_DIR / "docs" / "architecture.md"

# Installed only where a setting asks for them, so that they would make the diagram differ between machines.
OPTIONAL_APPS = {"allauth.socialaccount", "silk"}

# The type of a column, by Django's name for it; the databases' own names differ.
TYPES = {
    "AutoField": "integer",
    "BigAutoField": "bigint",
    "BigIntegerField": "bigint",
    "BinaryField": "binary",
    "BooleanField": "boolean",
    "CharField": "varchar",
    "DateField": "date",
    "DateTimeField": "datetime",
    "DurationField": "duration",
    "IntegerField": "integer",
    "JSONField": "json",
    "PositiveBigIntegerField": "bigint",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint",
    "SmallIntegerField": "smallint",
    "TextField": "text",
    "TimeField": "time",
    "UUIDField": "uuid",
}


def is_ours(model: type[Model]) -> bool:
    """Whether the table belongs to a package of this repository."""
    package = apps.get_app_config(model._meta.app_label).name.partition(".")[0]
    return (settings.BASE_DIR / package / "__init__.py").is_file()


def models() -> list[type[Model]]:
    """Every model with a table, those of many-to-many relations included, without those of optional apps."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        if apps.get_app_config(model._meta.app_label).name not in OPTIONAL_APPS
    ]


def foreign_keys(model: type[Model]) -> Iterator[Reference]:
    return (field for field in model._meta.local_fields if isinstance(field, ForeignKey))


def type_of(field: Column) -> str:
    """The type of the field's column; a reference has that of its target. Raises CommandError for an unknown one."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    kind = field.get_internal_type()
    if kind not in TYPES:
        raise CommandError(f"{field} is a {kind}, for which TYPES in export_tables has no name.")
    return f"{TYPES[kind]}({field.max_length})" if kind == "CharField" else TYPES[kind]


def unique_sets(model: type[Model]) -> list[tuple[str, ...]]:
    """The sets of fields that are unique together. A condition would make them something else, and is refused."""
    sets = [tuple(names) for names in model._meta.unique_together]
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            if constraint.condition or constraint.expressions:
                raise CommandError(f"{constraint.name} is conditional, which export_tables cannot draw.")
            sets.append(tuple(constraint.fields))
    return sets


def column(field: Column, unique: list[tuple[str, ...]]) -> str:
    """One line of a table: type, name, keys, and what else there is to say."""
    keys: list[str] = []
    notes: list[str] = []
    if field.primary_key:
        keys.append("PK")
    if isinstance(field, ForeignKey):
        keys.append("FK")
        if not vars(field)["db_constraint"]:  # which the stubs leave out
            notes.append("no constraint")
    if (field.unique and not field.primary_key) or (field.name,) in unique:
        keys.append("UK")
    notes += [
        "unique with " + ", ".join(column_of(field.model, name) for name in names if name != field.name)
        for names in unique
        if field.name in names and len(names) > 1
    ]
    if field.null:
        notes.append("nullable")
    note = f' "{"; ".join(notes)}"' if notes else ""
    return f"{type_of(field)} {field.column}{' ' if keys else ''}{', '.join(keys)}{note}"


def column_of(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)  # a column of its own, since a constraint names it
    return str(field.column)


def relation(field: Reference) -> str:
    """One arrow: how many rows of the target a row has (one, or one at most), and how many rows a target has."""
    target = "|o" if field.null else "||"
    here = "o|" if isinstance(field, OneToOneField) else "o{"
    table, other = field.model._meta.db_table, field.related_model._meta.db_table
    return f'{other} {target}--{here} {table} : "{field.name}"'


def diagram() -> str:
    """Our tables with their columns, those of libraries that refer to ours or ours refer to as boxes, and relations."""
    lines: list[str] = []
    ours = [model for model in models() if is_ours(model)]
    for model in sorted(ours, key=lambda model: model._meta.db_table):
        unique = unique_sets(model)
        lines.append(f"{model._meta.db_table} {{")
        lines += [f"    {column(field, unique)}" for field in model._meta.local_fields]
        lines.append("}")
    keys = [field for model in models() for field in foreign_keys(model)]
    lines += sorted(relation(key) for key in keys if is_ours(key.model) or is_ours(key.related_model))
    return "```mermaid\nerDiagram\n    direction LR\n" + "".join(f"    {line}\n" for line in lines) + "```\n"


class Command(ExportCommand):
    help = "Write the diagram of the tables in docs/architecture.md."

    def files(self) -> Mapping[Path, str]:
        return {PATH: with_block(PATH, "tables", diagram())}
