"""The diagram of the tables has every table and every reference, as the models have them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import (
    CASCADE,
    BigIntegerField,
    CharField,
    ForeignKey,
    GenericIPAddressField,
    Model,
    OneToOneField,
    Q,
    UniqueConstraint,
)
from django.test.utils import isolate_apps

from api.management.commands import export_tables
from reservation.models import Client, User


def drawn() -> dict[str, list[str]]:
    """The lines of each table in docs/architecture.md."""
    block = re.search(r"<!-- tables: .*? -->\n.*?<!-- /tables -->", export_tables.PATH.read_text(), re.DOTALL)
    assert block
    tables = re.findall(r"^    (\w+) \{\n(.*?)^    \}$", block[0], re.DOTALL | re.MULTILINE)
    return {name: [line.strip() for line in text.splitlines()] for name, text in tables}


def relations() -> list[str]:
    return [line for line in export_tables.diagram().splitlines() if " : " in line]


def test_the_diagram_is_current() -> None:
    call_command("export_tables", check=True)


def test_each_table_of_the_business_has_each_column() -> None:
    models = apps.get_app_config("reservation").get_models(include_auto_created=True)
    assert {name: [line.split()[1] for line in lines] for name, lines in drawn().items()} == {
        model._meta.db_table: [field.column for field in model._meta.local_fields] for model in models
    }


def test_each_reference_to_or_from_our_tables_is_a_line() -> None:
    expected = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            ours = {model._meta.app_label, getattr(field.related_model, "_meta", model._meta).app_label}
            if isinstance(field, ForeignKey) and "reservation" in ours:
                expected.add((field.related_model._meta.db_table, model._meta.db_table, field.name))
    lines = [re.fullmatch(r'    (\w+) \S+ (\w+) : "(\w+)"', line) for line in relations()]
    assert {line.groups() for line in lines if line} == expected
    assert len(lines) == len(expected)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("reservation_appointment", "bigint id PK"),
        ("reservation_appointment", 'bigint provider_id FK "unique with starts_at"'),
        ("reservation_appointment", 'bigint reservation_id FK "nullable"'),
        ("reservation_client", "bigint user_id FK, UK"),
        ("reservation_externalidentity", 'varchar(255) issuer "unique with subject_hash; unique with user_id"'),
        ("reservation_provider_services", 'bigint provider_id FK "unique with service_id"'),
        ("reservation_reservationevent", 'bigint user_id FK "no constraint; nullable"'),
        ("reservation_user", "varchar(254) email UK"),
    ],
)
def test_a_column_has_its_type_and_keys(table: str, line: str) -> None:
    assert line in drawn()[table]


@pytest.mark.parametrize(
    "line",
    [
        'reservation_user ||--o| reservation_client : "user"',
        'reservation_client ||--o{ reservation_reservation : "client"',
        'reservation_service |o--o{ reservation_reservation : "service"',
        'reservation_user ||--o{ mfa_authenticator : "user"',
        'auth_group ||--o{ reservation_user_groups : "group"',
    ],
)
def test_a_relation_has_its_cardinality(line: str) -> None:
    assert f"    {line}" in relations()


@isolate_apps("reservation")
def test_what_cannot_be_drawn_is_refused() -> None:
    class Odd(Model):  # noqa: DJ008
        code = CharField(max_length=3)
        place = GenericIPAddressField()
        owner = OneToOneField(User, on_delete=CASCADE, null=True)
        points_to_unique = ForeignKey(Client, on_delete=CASCADE, to_field="user", related_name="+")
        number = BigIntegerField()

        class Meta:
            app_label = "reservation"
            constraints = [UniqueConstraint(fields=["code"], condition=Q(number=1), name="odd_is_single")]  # noqa: RUF012

    def field(name: str) -> Any:
        return Odd._meta.get_field(name)

    with pytest.raises(CommandError, match=r"GenericIPAddressField, for which TYPES"):
        export_tables.type_of(field("place"))
    with pytest.raises(CommandError, match=r"odd_is_single is conditional"):
        export_tables.unique_sets(Odd)
    assert export_tables.type_of(field("points_to_unique")) == "bigint"
    assert export_tables.relation(field("owner")) == 'reservation_user |o--o| reservation_odd : "owner"'
    assert export_tables.column(field("code"), [("code",)]) == "varchar(3) code UK"


def test_a_stale_diagram_is_reported_and_export_updates_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "architecture.md"
    monkeypatch.setattr(export_tables, "PATH", path)
    path.write_text("Before.\n<!-- tables: made -->\nold\n<!-- /tables -->\nAfter.\n")
    with pytest.raises(CommandError, match=r"architecture\.md is stale: run `manage.py export_tables`"):
        call_command("export_tables", check=True)
    call_command("export_tables")
    call_command("export_tables", check=True)
    assert path.read_text().startswith("Before.\n<!-- tables: made -->\n```mermaid\nerDiagram\n")
    assert path.read_text().endswith("```\n<!-- /tables -->\nAfter.\n")
    path.write_text("No place for it.\n")
    with pytest.raises(CommandError, match="no place"):
        call_command("export_tables", check=True)
