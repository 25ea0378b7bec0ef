"""The files that staff takes out and brings in: CSV as spreadsheets write it, and .xlsx."""

from typing import Any

from import_export.formats.base_formats import CSV, XLSX

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet would run."""

EXPORTS = (CSV, XLSX)


class AnyCSV(CSV):
    """With commas, or with the semicolons of spreadsheets where the comma is a decimal point."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        head = str(in_stream).partition("\n")[0]
        return super().create_dataset(in_stream, delimiter=";" if head.count(";") > head.count(",") else ",")


def guard(value: Any) -> Any:
    """The same as a text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value


def unguard(value: str) -> str:
    """What it was before."""
    return value[1:] if value.startswith("'") and is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether it is one, or looks like one that was guarded."""
    return text.lstrip("'").startswith(FORMULA)
