"""The command export_client."""

import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_client, make_user
from tests.reservation.domain.people import EMAIL, make_person
from tests.rows import all_rows

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("export_client", *arguments, stdout=output)
    return output.getvalue()


def test_export_client_finds_the_client_by_its_address_in_any_case_and_by_its_id() -> None:
    client = make_person()
    make_client(name="Zoë 李")
    for named in (EMAIL, EMAIL.upper(), str(client.pk)):
        assert json.loads(run(named))["account"]["email"] == EMAIL


def test_export_client_writes_a_new_file_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    client, path = make_client(name="Zoë 李"), tmp_path / "data.json"
    assert run(str(client.pk), "--output", str(path)) == ""
    assert json.loads(path.read_text())["client"]["name"] == "Zoë 李"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match=r"data\.json: File exists\.$"):
        run(str(client.pk), "--output", str(path))


def test_export_client_works_for_an_account_that_may_no_longer_log_in() -> None:
    client = make_client(user=make_user(is_active=False))
    assert json.loads(run(str(client.pk)))["account"]["is_active"] is False


@pytest.mark.parametrize("named", ["nobody@example.com", "0", "", "²"])
def test_export_client_fails_for_an_unknown_client(named: str) -> None:
    make_person()
    before = all_rows()
    with pytest.raises(CommandError, match=r"^There is no client with this address or id\.$"):
        run(named)
    assert all_rows() == before
