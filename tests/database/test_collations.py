"""Text compares by bytes in every column of every database, whatever the default of the server is."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import JSONField
from django.utils import timezone

from database.collations import MARIADB_JSON, byte_collation, state_collations
from tests.environment import bare_environment
from tests.factories import make_client, make_user
from tests.servers import url_of_test_database

OTHER_DEFAULTS = {
    "MariaDB": ("CHARACTER SET latin1", "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"),
    "MySQL": ("CHARACTER SET latin1", "CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"),
    "PostgreSQL": (
        "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'",
        "TEMPLATE template0 LOCALE 'C.UTF-8'",
    ),
    "SQLite": (),
}


def collations() -> set[tuple[str, str, str]]:
    """Returns table, column and collation of each text column of the database; the name of the column is empty for the
    default of a table, and that of the table for the default of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT table_name, column_name, coalesce(collation_name, 'the default')"
                " FROM information_schema.columns WHERE table_schema = current_schema()"
                " AND data_type IN ('text', 'character varying', 'character')"
            )
            return set(cursor.fetchall())
        cursor.execute(
            "SELECT table_name, column_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = database() AND collation_name IS NOT NULL"
            " UNION SELECT table_name, '', table_collation FROM information_schema.tables"
            " WHERE table_schema = database()"
            " UNION SELECT '', '', default_collation_name FROM information_schema.schemata"
            " WHERE schema_name = database()"
        )
        return set(cursor.fetchall())


def others() -> list[tuple[str, str, str]]:
    """Returns those that do not compare by bytes."""
    found = collations()
    assert len(found) > 30, "the query found the columns"
    fields = [field for model in apps.get_models() for field in model._meta.local_fields]
    json = {(one.model._meta.db_table, one.column, MARIADB_JSON) for one in fields if isinstance(one, JSONField)}
    return sorted(one for one in found - json if one[2] != byte_collation(connection))


@contextmanager
def database(stated: str) -> Iterator[str]:
    """Creates a database, on the server of the tests, with other defaults. Yields its URL; in the block it is the
    database of this process."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_collations"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} {stated}")
    try:
        connection.close()
        connection.settings_dict["NAME"] = name
        yield urlsplit(url_of_test_database())._replace(path=f"/{name}").geturl()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def migrate(database_url: str) -> None:
    finished = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={**bare_environment(), "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_every_column_compares_by_bytes(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite compares by bytes, and its files have no other default.")
    assert others() == []
    assert state_collations() == [], "nothing is rewritten again"


@pytest.mark.parametrize("number", [0, 1])
def test_a_database_with_another_default_gets_the_collation(transactional_db: None, number: int) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite compares by bytes, and its files have no other default.")
    with database(OTHER_DEFAULTS[connection.display_name][number]) as url:
        migrate(url)
        assert others() == []
        assert state_collations() == []


def test_columns_of_an_earlier_version_are_converted_with_their_rows(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite compares by bytes, and its files have no other default.")
    with database(OTHER_DEFAULTS[connection.display_name][1]) as url:
        migrate(url)
        client = make_client(name="Zoë 🍣 Weiß", user=make_user(email="zoe@example.com"))
        Session.objects.create(session_key="one", session_data="é", expire_date=timezone.now())
        earlier = {
            "postgresql": ['ALTER TABLE {} ALTER COLUMN {} TYPE {} COLLATE "default"'],
            "mysql": [
                "ALTER DATABASE CHARACTER SET latin1",
                "ALTER TABLE {} MODIFY {} {} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL",
                "ALTER TABLE {} COLLATE utf8mb4_general_ci",
            ],
        }[connection.vendor]
        with connection.cursor() as cursor:
            for statement in earlier:
                cursor.execute(statement.format("reservation_client", "name", "varchar(200)"))
                cursor.execute(statement.format("django_session", "session_data", "text"))
            if connection.vendor == "mysql":
                cursor.execute("ALTER TABLE reservation_appointment COLLATE utf8mb4_general_ci")
        assert len(others()) == {"postgresql": 2, "mysql": 6}[connection.vendor]
        # A table without text that compares otherwise is not rewritten: only its default changes.
        statements = state_collations()
        assert [one for one in statements if "reservation_appointment" in one and "CONVERT" in one] == []
        assert len(statements) == {"postgresql": 2, "mysql": 4}[connection.vendor]
        assert others() == []
        client.refresh_from_db()
        assert (client.name, Session.objects.get().session_data) == ("Zoë 🍣 Weiß", "é")


def test_identity_depends_on_every_byte(db: None) -> None:
    for name in ("Front", "front", "Fronte", "Fronté", "Front ", "🍣", "🍺"):
        Group.objects.create(name=name)
    assert Group.objects.filter(name="front").count() == 1
    assert Group.objects.filter(name="Front").count() == 1
    assert Group.objects.filter(name="🍣").count() == 1


def test_lookups_without_case_ignore_it(db: None) -> None:
    group = Group.objects.create(name="Nights 100%")
    for lookup, text in (
        ("iexact", "nIGHTS 100%"),
        ("icontains", "GHTS 100%"),
        ("istartswith", "nights"),
        ("iendswith", "S 100%"),
    ):
        assert [*Group.objects.filter(**{f"name__{lookup}": text})] == [group], lookup
    assert [*Group.objects.filter(name__icontains="ights_100")] == []
