"""The formats of exports and imports: CSV as spreadsheets write it, and .xlsx."""

from typing import Any

from import_export.formats.base_formats import CSV, XLSX

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""The first characters of texts that a spreadsheet would interpret as a formula."""

EXPORTS = (CSV, XLSX)


class AnyCSV(CSV):
    """CSV with commas, or with semicolons, as spreadsheets write it where the comma is the decimal separator."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        head = str(in_stream).partition("\n")[0]
        return super().create_dataset(in_stream, delimiter=";" if head.count(";") > head.count(",") else ",")


def escape_formula(value: Any) -> Any:
    """Returns the value, with an apostrophe before a text that a spreadsheet would interpret as a formula."""
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def unescape_formula(value: str) -> str:
    """Returns the value before `escape_formula`."""
    return value[1:] if value.startswith("'") and is_formula(value) else value


def is_formula(text: str) -> bool:
    """Returns whether the text would be interpreted as a formula, or looks like an escaped one."""
    return text.lstrip("'").startswith(FORMULA_STARTS)
