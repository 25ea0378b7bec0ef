"""docs/api.md documents every error code."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from api.http.codes import Code
from api.management.commands import export_codes


def test_the_table_of_codes_is_current() -> None:
    call_command("export_codes", check=True)
    text = export_codes.PATH.read_text()
    assert [code for code in Code if f"| `{code}` |" not in text] == []


def test_a_stale_table_is_reported_and_export_updates_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "api.md"
    monkeypatch.setattr(export_codes, "PATH", path)
    path.write_text("Before.\n<!-- codes: made -->\nold\n<!-- /codes -->\nAfter.\n")
    with pytest.raises(CommandError, match=r"api\.md is stale: run `manage.py export_codes`"):
        call_command("export_codes", check=True)
    call_command("export_codes")
    call_command("export_codes", check=True)
    text = path.read_text()
    assert text.startswith("Before.\n<!-- codes: made -->\n| Code |")
    assert text.endswith("|\n<!-- /codes -->\nAfter.\n")
    path.write_text("No place for it.\n")
    with pytest.raises(CommandError, match="no place"):
        call_command("export_codes", check=True)
