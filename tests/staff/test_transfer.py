"""Export and import of clients and providers: by the rules of the commands, all rows or none."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from reservation.models import Client, Provider, User
from staff import tables
from staff.formats import escape_formula
from tests.factories import make_client, make_provider, make_service, make_user
from tests.groups import FRONT_DESK, MANAGER, VIEWER, make_member
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

CLIENTS, PROVIDERS = "/admin/reservation/client/", "/admin/reservation/provider/"
CSV, XLSX = "0", "1"


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(make_member(MANAGER))
    return client


def upload(browser: Browser, text: str | bytes, page: str = CLIENTS) -> Any:
    """The dry run."""
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("people.csv", content, "text/csv")
    return browser.post(f"{page}import/", {"import_file": file, "format": "0", "resource": "0"})


def accept(browser: Browser, shown: Any, page: str = CLIENTS) -> Any:
    """Confirm the import of the preview."""
    return browser.post(f"{page}process_import/", shown.context["confirm_form"].initial)


def export(browser: Browser, page: str = CLIENTS, file_format: str = CSV) -> Any:
    return browser.post(f"{page}export/", {"format": file_format, "resource": "0"})


def rows_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def state() -> dict[str, Any]:
    """All rows, without the session that stores the file."""
    return {name: rows for name, rows in all_rows().items() if "session" not in name.lower()}


def errors(shown: Any) -> list[tuple[int, dict[str, list[str]]]]:
    """The errors by row."""
    assert "confirm_form" not in shown.context
    return [(row.number, row.error_dict) for row in shown.context["result"].invalid_rows]


# --- Whose row it is ------------------------------------------------------------------------------------------------

ACCENT, WITHOUT = "zoe@caf\u00e9.example", "zoe@cafe.example"


def test_a_row_is_never_of_somebody_whose_address_looks_like_it(manager: Browser) -> None:
    make_client(user=make_user(email=WITHOUT), name="Zoe")
    shown = upload(manager, f"email,name,phone\n{ACCENT},Somebody Else,+49 999\n")
    assert [row.import_type for row in shown.context["result"].rows] == ["new"]
    accept(manager, shown)
    clients = Client.objects.order_by("pk").values_list("user__email", "name", "phone")
    assert list(clients) == [(WITHOUT, "Zoe", ""), ("zoe@xn--caf-dma.example", "Somebody Else", "+49 999")]


def test_a_row_is_of_the_person_with_the_mailbox_however_it_is_spelled(manager: Browser) -> None:
    zoe = make_client(user=make_user(email=ACCENT), name="Zoe")
    shown = upload(manager, "email,name\nZOE@xn--caf-dma.example,Zoe Zett\n")
    assert [row.import_type for row in shown.context["result"].rows] == ["update"]
    accept(manager, shown)
    zoe.refresh_from_db()
    assert (zoe.name, User.objects.filter(client__isnull=False).count()) == ("Zoe Zett", 1)


def test_two_rows_for_one_mailbox_and_addresses_without_a_normal_form_are_refused(manager: Browser) -> None:
    before = state()
    shown = upload(manager, f"email,name\n{ACCENT},Zoe\nzoe@xn--caf-dma.example,Zoe\na@\u2603.example,Snow\n")
    assert errors(shown) == [
        (2, {"email": ["There is another row with this address."]}),
        (3, {"email": ["The domain of this address is no valid name (IDNA 2008)."]}),
    ]
    assert state() == before


# --- Export ----------------------------------------------------------------------------------------------------------


def test_clients_are_exported_and_that_is_logged(manager: Browser) -> None:
    make_client(user=make_user(email="cleo@example.com"), name="Cleo Größe", time_zone="Europe/Paris")
    Client.objects.update(phone="0123")
    response = export(manager)
    assert rows_of(response) == [
        ["email", "name", "phone", "time_zone"],
        ["cleo@example.com", "Cleo Größe", "0123", "Europe/Paris"],
    ]
    assert response["Content-Disposition"].startswith('attachment; filename="Client-')
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.change_message) == (
        User.objects.get(is_staff=True),
        "1 clients",
        "Exported as csv.",
    )


def test_providers_are_exported_with_their_services(manager: Browser) -> None:
    services = make_service(name="Cut"), make_service(name="Beard")
    make_provider(user=make_user(email="anna@example.com"), name="Anna", bio="Since\n1999.", services=services)
    book = openpyxl.load_workbook(io.BytesIO(export(manager, PROVIDERS, XLSX).content))
    assert list(book.active.values) == [
        ("email", "name", "bio", "time_zone", "is_active", "services"),
        ("anna@example.com", "Anna", "Since\n1999.", "UTC", "true", "Beard|Cut"),
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1"])
def test_formulas_are_escaped_in_exports_and_unescaped_in_imports(name: str, manager: Browser) -> None:
    make_client()
    Client.objects.update(name=name)
    taken = export(manager)
    assert rows_of(taken)[1][1] == f"'{name}"
    book = openpyxl.load_workbook(io.BytesIO(export(manager, CLIENTS, XLSX).content))
    assert (book.active["B2"].value, book.active["B2"].data_type) == (f"'{name}", "s")
    shown = upload(manager, taken.content)
    assert [row.import_type for row in shown.context["result"].rows] == ["skip"]


def test_formulas_after_characters_that_spreadsheets_skip_are_escaped() -> None:
    assert [escape_formula(text) for text in ("\t=1", "\r=1", "a=1", "'t Hooft")] == [
        "'\t'=1",
        "'\r'=1",
        "a=1",
        "'t Hooft",
    ]


def test_an_export_is_limited_by_the_search(manager: Browser) -> None:
    make_client(name="Cleo"), make_client(name="Dora")
    response = manager.post(f"{CLIENTS}export/?q=dora", {"format": CSV, "resource": "0"})
    assert [row[1] for row in rows_of(response)] == ["name", "Dora"]


# --- Import -----------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_would_change_and_changes_nothing(manager: Browser) -> None:
    make_client(user=make_user(email="cleo@example.com"), name="Cleo")
    before = state()
    shown = upload(manager, "email,name\ncleo@example.com,Clea\nDora@example.com,Dora\n")
    assert state() == before
    assert [(row.import_type, row.object_repr) for row in shown.context["result"].rows] == [
        ("update", "Clea"),
        ("new", "Dora"),
    ]
    assert "Cle<del" in shown.content.decode().replace("<span>", "").replace("</span>", "")


def test_the_previewed_rows_are_imported_by_the_commands_and_logged(manager: Browser) -> None:
    cleo = make_client(user=make_user(email="cleo@example.com"), name="Cleo")
    Client.objects.update(phone="1")
    same = make_client(user=make_user(email="same@example.com"), name="Same")
    text = "email,name,time_zone\ncleo@example.com,Clea,Asia/Tokyo\nDora@Example.com,Dora,\nsame@example.com,Same,UTC\n"
    assert accept(manager, upload(manager, text)).status_code == 302
    cleo.refresh_from_db()
    assert (cleo.name, cleo.phone, cleo.time_zone) == ("Clea", "1", "Asia/Tokyo")
    dora = Client.objects.get(user__email="dora@example.com")
    assert (dora.name, dora.time_zone, dora.user.has_usable_password()) == ("Dora", "UTC", False)
    entries = LogEntry.objects.order_by("action_flag").values_list("object_id", "object_repr", "action_flag")
    assert list(entries) == [(str(dora.pk), "Dora", 1), (str(cleo.pk), "Clea", 2)]
    assert not Session.objects.exclude(pk=manager.session.session_key).exists(), "the file is gone"
    assert same.pk


def test_semicolons_of_a_spreadsheet_are_read(manager: Browser) -> None:
    accept(manager, upload(manager, "email;name\r\ndora@example.com;Dora, née Doe\r\n".encode("utf-8-sig")))
    assert Client.objects.get().name == "Dora, née Doe"


WRONG = {
    "no address": ("email,name\nnobody,Dora", [(1, {"email": ["Enter a valid email address."]})]),
    "no name": ("email,name\ndora@example.com,", [(1, {"name": ["This field cannot be blank."]})]),
    "a name that is too long": (
        f"email,name\ndora@example.com,{'x' * 201}",
        [(1, {"name": ["Ensure this value has at most 200 characters (it has 201)."]})],
    ),
    "a zone that is none": (
        "email,name,time_zone\ncleo@example.com,Cleo,UTC\ndora@example.com,Dora,Berlin",
        [(2, {"time_zone": ["Berlin is not an IANA time zone."]})],
    ),
    "an address twice": (
        "email,name\ndora@example.com,Dora\nDORA@example.com,Dora",
        [(2, {"email": ["There is another row with this address."]})],
    ),
    "the address of an account": (
        "email,name\nok@example.com,Ok\ntaken@example.com,Taken",
        [(2, {"email": ["There is an account with this address already."]})],
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_invalid_row_is_shown_and_nothing_can_be_imported(wrong: str, manager: Browser) -> None:
    make_user(email="taken@example.com")
    text, expected = WRONG[wrong]
    before = state()
    assert errors(upload(manager, text)) == expected
    assert state() == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "email,nmae\nd@example.com,Dora",
            "There is no column nmae: the file has email, nmae, and the columns are email",
        ),
        ("name\nDora", "The column email is missing: the file has name, and the columns are email, name"),
        (
            "email,name,name\nd@example.com,Dora,Doris",
            "A column occurs twice: the file has email, name, name, and the columns are",
        ),
        ("email,name\n" + "".join(f"p{number}@example.com,P\n" for number in range(4)), "at most 3 rows"),
        ("email,name\n" + "x" * 400, "at most 0 KB"),
        ("email,name\nd@example.com,Größe".encode("latin-1"), "not a text in UTF-8"),
        (
            "email,name\nd@example.com,Dora,more,and more",
            "Row 1 has a value in a column without a name: the file has email, name.",
        ),
    ],
)
def test_an_invalid_file_is_refused(
    text: str | bytes, expected: str, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_FILE_ROWS", 3)
    monkeypatch.setattr(tables, "MAX_FILE_BYTES", 300)
    before = state()
    shown = upload(manager, text)
    assert "confirm_form" not in shown.context
    assert expected in shown.content.decode()
    assert state() == before


def test_a_row_that_has_become_invalid_since_the_preview_is_not_imported(manager: Browser) -> None:
    shown = upload(manager, "email,name\nfirst@example.com,First\ndora@example.com,Dora\n")
    make_user(email="dora@example.com")
    before = state()
    response = accept(manager, shown)
    assert response.url == f"{CLIENTS}import/"
    assert [message.level_tag for message in get_messages(response.wsgi_request)] == ["error"]
    assert state() == before


def test_an_expired_file_is_not_imported(manager: Browser) -> None:
    shown = upload(manager, "email,name\ndora@example.com,Dora\n")
    assert accept(manager, shown).url == CLIENTS
    assert accept(manager, shown).url == f"{CLIENTS}import/"
    log_in = {**shown.context["confirm_form"].initial, "import_file_name": manager.session.session_key}
    assert manager.post(f"{CLIENTS}process_import/", log_in).url == f"{CLIENTS}import/"
    assert manager.get(CLIENTS).status_code == 200, "nobody was logged out by naming a session"


def test_providers_are_imported_with_their_services(manager: Browser) -> None:
    make_service(name="Cut"), make_service(name="Beard")
    text = "email,name,is_active,services\nanna@example.com,Anna,no,Cut | Beard\nbert@example.com,Bert,,\n"
    assert accept(manager, upload(manager, text, PROVIDERS), PROVIDERS).status_code == 302
    anna, bert = Provider.objects.order_by("name")
    assert (anna.is_active, sorted(anna.services.values_list("name", flat=True))) == (False, ["Beard", "Cut"])
    assert (bert.is_active, bert.services.count()) == (True, 0)
    accept(manager, upload(manager, "email,services\nanna@example.com,Cut\n", PROVIDERS), PROVIDERS)
    assert list(anna.services.values_list("name", flat=True)) == ["Cut"]


def test_an_unknown_service_and_an_invalid_flag_are_refused(manager: Browser) -> None:
    text = "email,name,is_active,services\nanna@example.com,Anna,perhaps,\nbert@example.com,Bert,,Cut\n"
    assert errors(upload(manager, text, PROVIDERS)) == [
        (1, {"is_active": ["Write true or false."]}),
        (2, {"services": ["There is no one service that is called Cut."]}),
    ]


# --- Permissions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [VIEWER, FRONT_DESK])
@pytest.mark.parametrize("page", [CLIENTS, PROVIDERS])
def test_export_and_import_are_for_managers(page: str, group: str, client: Browser) -> None:
    client.force_login(make_member(group))
    before = state()
    assert export(client, page).status_code == 403
    assert client.get(f"{page}import/").status_code == 403
    assert client.post(f"{page}process_import/").status_code == 403
    assert b"export/" not in client.get(page).content
    assert state() == before


def test_importing_new_clients_requires_the_permission_to_add(client: Browser) -> None:
    user = make_member(VIEWER)
    user.user_permissions.add(Permission.objects.get(codename="import_client"))
    client.force_login(user)
    [(number, expected)] = errors(upload(client, "email,name\ndora@example.com,Dora\n"))
    assert (number, list(expected)) == (1, ["__all__"])
    assert "add_client" in expected["__all__"][0]
