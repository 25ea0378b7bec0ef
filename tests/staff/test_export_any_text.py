"""An export never fails for the sake of one row, whatever an earlier version has stored."""

import io
from typing import Any
from xml.dom.minidom import parseString
from zipfile import ZipFile

import openpyxl
import pytest
from django.db import connection
from django.test import Client as Browser

from reservation.models import Client, Provider
from tests.factories import make_client, make_provider
from tests.staff.test_transfer import CLIENTS, CSV, PROVIDERS, XLSX, export, manager, rows_of

pytestmark = pytest.mark.django_db

__all__ = ["manager"]  # a fixture

ODD = [
    "Emil\u000bFischer",
    "Emil\ufffeX",
    "a\x1fb",
    "a\uffffb",
    "a\x85b",
    "\u202eLena",
    "a\ufdd0b",
    "#N/A",
    "🍣 \U0001fffe",
]
REPLACED = ["Emil\ufffdFischer", "Emil\ufffdX", "a\ufffdb", "a\ufffdb", "a\ufffdb", "\ufffdLena", "a\ufffdb", "#N/A"]
REPLACED.append("🍣 \ufffd")


def store(model: Any, **texts: list[str]) -> None:
    """Writes these texts, row by row, past all rules."""
    for column, values in texts.items():
        for row, value in zip(model.objects.order_by("pk"), values, strict=True):
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s WHERE id = %s", [value, row.pk])


def cells_of(content: bytes, column: str) -> list[Any]:
    """Returns the values of a column of a workbook that is well-formed."""
    with ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            parseString(parts.read(name))
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.values  # type: ignore[union-attr]
    return [row[head.index(column)] for row in rows]


def test_a_workbook_with_any_names_opens(manager: Browser, caplog: pytest.LogCaptureFixture) -> None:
    for _ in ODD:
        make_client()
    store(Client, name=ODD, phone=ODD)
    content = export(manager, CLIENTS, XLSX).content
    assert sorted(cells_of(content, "name")) == sorted(REPLACED)
    assert sorted(cells_of(content, "phone")) == sorted(REPLACED)
    assert caplog.records == []


def test_a_workbook_with_any_prose_opens(manager: Browser) -> None:
    for _ in ODD:
        make_provider()
    store(Provider, bio=ODD)
    assert sorted(cells_of(export(manager, PROVIDERS, XLSX).content, "bio")) == sorted(REPLACED)


def test_a_csv_has_the_texts_as_they_are(manager: Browser) -> None:
    for _ in ODD:
        make_client()
    store(Client, name=ODD)
    head, *rows = rows_of(export(manager, CLIENTS, CSV))
    assert sorted(row[head.index("name")] for row in rows) == sorted(ODD)
