"""Collations: text compares by bytes in every column of every database, whatever the default of the server is.

Identity needs it: two texts are the same if they have the same characters, case, accents and trailing spaces included.
With other collations "a" equals "A", "e" equals "é", and with some every emoji equals every other. Searches and orders
that are to ignore case and accents compare texts that were folded before they were stored (`reservation/text.py`).
Bytes of UTF-8 sort by code points, so an order is the same on every database, too.
"""

import logging
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, TextField, lookups
from django.db.models.signals import post_migrate, pre_migrate

from database.model_types import TypedCharField

logger = logging.getLogger(__name__)

MARIADB, MYSQL, POSTGRESQL = "utf8mb4_nopad_bin", "utf8mb4_0900_bin", "C"
"""The collations that compare by bytes. utf8mb4_bin, which MySQL and MariaDB both have, ignores trailing spaces."""

MARIADB_JSON = "utf8mb4_bin"
"""The collation that MariaDB gives to columns of the type JSON, which is an alias of LONGTEXT there."""


def byte_collation(connection: BaseDatabaseWrapper) -> str | None:
    """The collation of this database that compares by bytes. None on SQLite, which has no other default."""
    if connection.vendor == "mysql":
        return MARIADB if connection.mysql_is_mariadb else MYSQL  # type: ignore[attr-defined]
    return POSTGRESQL if connection.vendor == "postgresql" else None


# --- Columns that state it -----------------------------------------------------------------------------------------


class ComparedByBytes:
    """A mixin for fields: their columns are created with the collation that compares by bytes."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)  # type: ignore[misc]
        return {**parameters, "collation": byte_collation(connection)}


class ByteCharField(ComparedByBytes, TypedCharField):
    """A text that identifies: a key, a hash, a code, a status."""


# --- Columns of other apps, and databases made by others -----------------------------------------------------------


def connect_receivers(sender: Any) -> None:
    """State the collations before and after each `migrate`. sender: the app whose signals are received."""
    for signal in (pre_migrate, post_migrate):
        signal.connect(state_collations, sender=sender, dispatch_uid="state_collations")


def state_collations(using: str = DEFAULT_DB_ALIAS, **_: Any) -> list[str]:
    """Gives the collation to the database, as its default, and to every column that has another one; returns the
    statements that were executed. Each is safe to repeat. A table is rewritten only if it has such a column."""
    connection = connections[using]
    statements = STATEMENTS[connection.vendor](connection) if connection.vendor in STATEMENTS else []
    for statement in statements:
        with connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except DatabaseError as error:
                if not statement.startswith("ALTER DATABASE"):
                    raise
                # The columns are converted nevertheless: those of new tables after they have been created.
                logger.warning("The default collation of the database was not changed (%s).", error.args[0])
    return statements


def mysql_statements(connection: Any) -> list[str]:
    """The statements that are needed on MySQL and MariaDB."""
    ours = byte_collation(connection)
    stated, quote = f"CHARACTER SET utf8mb4 COLLATE {ours}", connection.ops.quote_name
    json = MARIADB_JSON if connection.mysql_is_mariadb else ours
    with connection.cursor() as cursor:
        cursor.execute("SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()")
        ((default,),) = cursor.fetchall()
        cursor.execute(
            "SELECT DISTINCT TABLE_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
            " AND COLLATION_NAME <> %s AND NOT (DATA_TYPE = 'longtext' AND COLLATION_NAME = %s)",
            [ours, json],
        )
        converted = {table for (table,) in cursor.fetchall()}
        cursor.execute(
            "SELECT TABLE_NAME, TABLE_COLLATION FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME"
        )
        tables = cursor.fetchall()
    statements = [f"ALTER DATABASE {stated}"] if default != ours else []
    for table, collation in tables:
        if table in converted:
            statements.append(f"ALTER TABLE {quote(table)} CONVERT TO {stated}")
        elif collation != ours:
            statements.append(f"ALTER TABLE {quote(table)} DEFAULT {stated}")
    return statements


def postgresql_statements(connection: Any) -> list[str]:  # not on MariaDB
    """The statements that are needed on PostgreSQL, where the default of a database cannot be changed."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, c.attname, format_type(c.atttypid, c.atttypmod)"
            " FROM pg_attribute c JOIN pg_class t ON t.oid = c.attrelid"
            " WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')"
            " AND c.attnum > 0 AND NOT c.attisdropped AND c.attcollation NOT IN (0, 'pg_catalog.\"C\"'::regcollation)"
            " ORDER BY t.relname, c.attnum"
        )
        columns: dict[str, list[str]] = {}
        for table, column, kind in cursor.fetchall():
            change = f'ALTER COLUMN {quote(column)} TYPE {kind} COLLATE "{POSTGRESQL}"'
            columns.setdefault(table, []).append(change)
    return [f"ALTER TABLE {quote(table)} {', '.join(changes)}" for table, changes in columns.items()]


STATEMENTS = {"mysql": mysql_statements, "postgresql": postgresql_statements}


# --- Lookups without case ------------------------------------------------------------------------------------------


class LowerOnMySQL:
    """A mixin for Django's lookups without case: on MySQL and MariaDB they leave that to the column's collation."""

    def as_mysql(self: Any, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs_is_direct_value():
            sql, params = self.as_sql(compiler, connection)
            return sql, list(params)
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"LOWER({left}) LIKE LOWER({right})", [*left_params, *right_params]


def register_lookups() -> None:
    """Make iexact, icontains, istartswith and iendswith ignore case on every database."""
    for lookup in (lookups.IExact, lookups.IContains, lookups.IStartsWith, lookups.IEndsWith):
        caseless = type(lookup.__name__, (LowerOnMySQL, lookup), {})
        for field in (CharField, TextField):
            field.register_lookup(caseless)
