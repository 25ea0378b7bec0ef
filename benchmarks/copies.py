"""Copies of a whole practice, made by the database itself, so that millions of rows take minutes."""

import sys

from django.db import connection, models, transaction
from tqdm import tqdm

from reservation.models import Appointment, Client, Provider, Reservation, User

COPIED: tuple[type[models.Model], ...] = (
    User,
    Client,
    Provider,
    Provider.services.through,
    Reservation,
    Appointment,
)
"""In order of their foreign keys. Services are shared by all copies."""

STEP = 10_000_000
"""The distance between the keys of one copy and those of the next."""


def copy_practice(copies: int) -> None:
    """Adds this many copies of the practice to the database that this process uses."""
    with connection.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 0, unique_checks = 0")  # whole copies satisfy all of them
        for number in tqdm(range(1, copies + 1), file=sys.stderr, disable=None):
            with transaction.atomic():
                for model in COPIED:
                    cursor.execute(copy_sql(model), {"shift": number * STEP, "step": STEP})
    with connection.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 1, unique_checks = 1")
        for model in COPIED:
            cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
            cursor.fetchall()


def copy_sql(model: type[models.Model]) -> str:
    """Returns the statement that copies the rows of the original, with all keys shifted."""
    fields = model._meta.local_concrete_fields
    names = ", ".join(f"`{field.column}`" for field in fields)
    values = ", ".join(map(copied, fields))
    return (
        f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {model._meta.db_table} WHERE id < %(step)s"
    )


def copied(field: "models.Field[object, object]") -> str:
    if field.primary_key or field.related_model in COPIED:
        return f"`{field.column}` + %(shift)s"
    if field.unique:
        return f"CONCAT(%(shift)s, `{field.column}`)"
    return f"`{field.column}`"
