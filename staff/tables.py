"""Reads an uploaded file as a table: CSV as spreadsheets write it, or the active sheet of an .xlsx file.

What cannot be read is refused by a ValidationError with one sentence for people.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from io import BytesIO, StringIO
from itertools import islice
from typing import Any
from zipfile import ZipFile

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from openpyxl import load_workbook
from tablib import Dataset

MAX_FILE_BYTES = 200 * 1024
"""Less than the 256 KB that nginx lets through."""

MAX_FILE_ROWS, MAX_COLUMNS = 1000, 50
MAX_UNZIPPED_BYTES, MAX_SHEET_ROWS = 5 * 2**20, 20_000
"""The bounds of an .xlsx file, blank rows included."""

TOO_MUCH = "This .xlsx file contains too much: copy the rows into a new one."

DELIMITERS = ",;\t"
BLANK = ' \t\r\n,;"'
"""The characters of a line of CSV without values."""

SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[,;\t ]*\r?\n', re.IGNORECASE)
"""The first line by which a file tells Excel its delimiter."""

ZIP_START = b"PK\x03\x04"


class Table(Dataset):
    """The named columns, and the rows that are not blank.

    numbers: the number of each row, where the first one below the head is 1 and blank rows are counted.
    """

    numbers: list[int]


def read_text(file: UploadedFile) -> str:
    """Returns the file as CSV. Raises ValidationError."""
    if (file.size or 0) > MAX_FILE_BYTES:
        raise ValidationError(f"A file has at most {MAX_FILE_BYTES // 1024} KB.")
    content = file.read()
    if content.startswith(ZIP_START):
        return read_workbook(content)
    try:
        return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError("This is not a text in UTF-8: save it as CSV UTF-8 or as .xlsx.") from error


def read_workbook(content: bytes) -> str:
    """Returns the active sheet as CSV, each row as one line. Raises ValidationError."""
    try:
        unzipped = sum(file.file_size for file in ZipFile(BytesIO(content)).infolist())
        rows = list(sheet_rows(content)) if unzipped <= MAX_UNZIPPED_BYTES else None
    except Exception as error:  # openpyxl raises whatever a damaged file makes its parsers raise
        raise ValidationError("This .xlsx file cannot be read: save it as CSV UTF-8.") from error
    if rows is None:
        raise ValidationError(TOO_MUCH)
    if len(rows) > MAX_SHEET_ROWS:
        raise ValidationError(f"The sheet has more than {MAX_SHEET_ROWS} rows: delete the blank ones below the others.")
    text = StringIO()
    writer = csv.writer(text)
    for row in rows:
        cells = [cell_text(value) for value in row]
        if text.tell() + sum(map(len, cells)) > MAX_UNZIPPED_BYTES:  # cells share texts: a long one may occur often
            raise ValidationError(TOO_MUCH)
        writer.writerow(cells)
    return text.getvalue()


def sheet_rows(content: bytes) -> Iterator[tuple[Any, ...]]:
    """Yields the values of the active sheet, one row more than is allowed at most."""
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    sheet = book.active
    if sheet is None:
        raise ValidationError("This .xlsx file has no sheet.")
    yield from islice(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), MAX_SHEET_ROWS + 1)
    book.close()


def cell_text(value: Any) -> str:
    """Returns the value of a cell as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def read_table(text: str) -> Table:
    """Returns the table of a CSV with commas, semicolons or tabs, or what its line `sep=` says.

    Names of columns may have any case, and spaces for underscores; columns without a name and without values are left
    out. Raises ValidationError.
    """
    rows = parse(text)
    head = next((row for row in rows if not is_blank(row)), [])
    names = ["_".join(name.replace("\ufeff", "").casefold().replace("_", " ").split()) for name in head]
    while names and not names[-1]:
        names.pop()
    table = Table(headers=[name for name in names if name])
    table.numbers = []
    if len(names) > MAX_COLUMNS:
        return table  # `check_table` knows none with so many; each row would be made as long as the head
    for number, row in enumerate(rows, 1):
        if is_blank(row):
            continue
        if len(table.numbers) == MAX_FILE_ROWS:
            raise ValidationError(f"A file has at most {MAX_FILE_ROWS} rows.")
        cells = [*row, *[""] * (len(names) - len(row))]
        if any(cell.strip() for cell, name in zip(cells, [*names, *[""] * len(cells)], strict=False) if not name):
            raise ValidationError(
                f"Row {number} has a value in a column without a name: the file has {in_brief(table.headers or ())}."
            )
        table.append([cell for cell, name in zip(cells, names, strict=False) if name])
        table.numbers.append(number)
    return table


def parse(text: str) -> Iterator[list[str]]:
    """Yields the rows. Raises ValidationError."""
    text = text.lstrip("\ufeff")
    if told := SEPARATOR_LINE.match(text):
        text = text[told.end() :]
    head = next((line for line in text.splitlines() if line.strip(BLANK)), "")
    delimiter = told[1] if told else max(DELIMITERS, key=head.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except (csv.Error, TypeError, ValueError) as error:
        raise ValidationError("This is not a table in CSV: save it as CSV UTF-8 or as .xlsx.") from error


def is_blank(row: Iterable[str]) -> bool:
    return not any(cell.strip() for cell in row)


def check_table(table: Table, *, columns: Collection[str], key: str) -> None:
    """Raises ValidationError unless the table has known columns, each once, the key among them, and some rows.

    columns: the names that are known. key: the name of the one that identifies a row.
    """
    found = table.headers or []
    unknown = [name for name in found if name not in columns]
    fault = None
    if unknown:
        fault = f"There is no column {in_brief(unknown)}"
    elif key not in found:
        fault = f"The column {key} is missing"
    elif len(set(found)) < len(found):
        fault = "A column occurs twice"
    if fault:
        raise ValidationError(f"{fault}: the file has {in_brief(found)}, and the columns are {', '.join(columns)}.")
    if not len(table):
        raise ValidationError("There is no row below the names of the columns.")


def in_brief(names: Collection[str]) -> str:
    """Returns the first names of columns in a file, each cut to a bearable length."""
    cut = [name if len(name) <= 40 else f"{name[:40]}…" for name in islice(names, 8)]
    return ", ".join(cut) + (" and more" if len(names) > len(cut) else "") or "no columns"
