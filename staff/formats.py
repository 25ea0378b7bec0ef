"""The formats of exports and imports: CSV as spreadsheets write it, and .xlsx."""

import re
from typing import Any

from import_export.formats import base_formats
from import_export.formats.base_formats import CSV
from tablib import Dataset

from reservation.text import FORBIDDEN
from staff.tables import Table, read_table

FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r"
"""The first characters of texts that a spreadsheet would interpret as a formula; full-width forms are read alike."""

CELL_ENDS = ";\t\r\n\v\f\x85\u2028\u2029"
"""After these, a spreadsheet that separates cells by another character than the file does may begin a new cell."""

SPACES = " \xa0\u3000\u200b\ufeff"
"""What a spreadsheet may skip before a formula."""

CELL_START, FORMULA = f"(?:^|(?<=[{CELL_ENDS}]))", f"'*[{SPACES}]*[{re.escape(FORMULA_STARTS)}]"
UNESCAPED, ESCAPED = re.compile(f"{CELL_START}(?={FORMULA})"), re.compile(f"{CELL_START}'(?={FORMULA})")
"""Where an apostrophe is inserted, and the one that was inserted. A text may have apostrophes of its own there."""

REPLACEMENT = "\ufffd"


class XLSX(base_formats.XLSX):
    """A workbook that opens whatever the rows contain: what XML cannot contain becomes Unicode's replacement character.

    Such characters are refused now, but may have been stored before.
    """

    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        rows = (map(replace_forbidden, row) for row in dataset)
        return super().export_data(Dataset(*rows, headers=dataset.headers), **kwargs)


def replace_forbidden(value: Any) -> Any:
    return FORBIDDEN.sub(REPLACEMENT, value) if isinstance(value, str) else value


EXPORTS = (CSV, XLSX)


class AnyTable(CSV):
    """The text of a table, which the form of the import has checked, whatever its delimiter; see `staff.tables`."""

    def get_title(self) -> str:
        return "CSV or .xlsx"

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Table:
        return read_table(str(in_stream))


def escape_formula(value: Any) -> Any:
    """Returns the value, with an apostrophe before each part of a text that could be interpreted as a formula."""
    return UNESCAPED.sub("'", value) if isinstance(value, str) else value


def unescape_formula(value: str) -> str:
    """Returns the value before `escape_formula`."""
    return ESCAPED.sub("", value)
