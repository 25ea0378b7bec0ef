"""Writes the table of error codes in docs/api.md, or checks that it is current."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from api.http.codes import MEANINGS
from api.management.export import ExportCommand, with_block

PATH = settings.BASE_DIR / "docs" / "api.md"


def table() -> str:
    """The table: a row for each code, with its status, whether to retry, and what to do."""
    lines = ["| Code | Status | Retry? | What happened, and what to do |", "|---|---|---|---|"]
    for code, meaning in MEANINGS.items():
        status = f"{meaning.status} ({meaning.draft_status})" if meaning.draft_status else f"{meaning.status}"
        lines.append(f"| `{code}` | {status} | {meaning.retry} | {meaning.advice} |")
    return "\n".join(lines) + "\n"


class Command(ExportCommand):
    help = "Write the table of error codes in docs/api.md."

    def files(self) -> Mapping[Path, str]:
        return {PATH: with_block(PATH, "codes", table())}
