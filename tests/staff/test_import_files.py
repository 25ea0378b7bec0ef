"""The files of imports: as spreadsheets write them, blank rows too, or refused in one sentence."""

import csv
import io
import tracemalloc
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from reservation.models import Client, Provider
from staff import tables
from staff.resources import ClientResource
from tests.factories import make_client, make_provider, make_service, make_user
from tests.groups import MANAGER, make_member
from tests.staff.test_transfer import CLIENTS, CSV, PROVIDERS, XLSX, accept, errors, export

pytestmark = pytest.mark.django_db

ROWS = [["email", "name", "phone"], ["dora@example.com", "Dora", "1"], ["emil@example.com", "Emil", "2"]]


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(make_member(MANAGER))
    return client


def upload(browser: Browser, content: bytes, page: str = CLIENTS, name: str = "people.csv") -> Any:
    file = SimpleUploadedFile(name, content, "application/octet-stream")
    return browser.post(f"{page}import/", {"import_file": file, "format": "0", "resource": "0"})


def as_csv(rows: list[list[Any]], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[list[Any]]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            book.active.cell(number, place).value = value or None
    book.save(content)
    return content.getvalue()


def refusal(response: Any) -> str:
    """The sentence at the file's field; there is no other error on the page."""
    assert "confirm_form" not in response.context
    assert "result" not in response.context
    page = response.content.decode()
    assert "Traceback" not in page
    [[sentence]] = response.context["form"].errors.values()
    assert sentence.endswith(".")
    assert "[" not in sentence
    assert "Exception" not in sentence
    return str(sentence)


def imported() -> list[tuple[str, str, str]]:
    return list(Client.objects.order_by("name").values_list("user__email", "name", "phone"))


UNDERSTOOD = {
    "commas": as_csv(ROWS),
    "semicolons": as_csv(ROWS, ";"),
    "tabs": as_csv(ROWS, "\t"),
    "a BOM": b"\xef\xbb\xbf" + as_csv(ROWS, ";"),
    "UTF-16 with tabs, which Excel calls Unicode text": as_csv(ROWS, "\t").decode().encode("utf-16"),
    "sep=;": b"sep=;\r\n" + as_csv(ROWS, ";"),
    "sep=; behind a BOM": b"\xef\xbb\xbfsep=;\r\n" + as_csv(ROWS, ";"),
    "sep=|": b"sep=|\n" + as_csv(ROWS, "|"),
    "sep=, saved once more with semicolons": b'"sep=;";;\n' + as_csv(ROWS, ";"),
    "another case and spaces": as_csv([["Email", " NAME ", "Phone"], *ROWS[1:]]),
    "a comma at the end of the head": as_csv([[*ROWS[0], ""], *ROWS[1:]]),
    "a comma at the end of each row": as_csv([[*row, ""] for row in ROWS]),
    "a column without a name and values": as_csv([[one, "", *rest] for one, *rest in ROWS]),
    "old line breaks": as_csv(ROWS).replace(b"\r\n", b"\r"),
    "blank rows": as_csv([[], ROWS[0], ["", "", ""], ROWS[1], [" ", "", "\t"], [], ROWS[2], [""], ["", ""]]),
    "blank rows with semicolons": (
        b"email;name;phone\n;;\ndora@example.com;Dora;1\n;;;\n\nemil@example.com;Emil;2\n;;\n"
    ),
    ".xlsx": as_xlsx(ROWS),
    ".xlsx with cleared rows and numbers": as_xlsx(
        [ROWS[0], ["", "", ""], ["dora@example.com", "Dora", 1], [" ", ""], ["emil@example.com", "Emil", 2.0], [" "]]
    ),
}


@pytest.mark.parametrize("kind", UNDERSTOOD)
def test_a_file_is_understood_as_spreadsheets_write_it(kind: str, manager: Browser) -> None:
    assert accept(manager, upload(manager, UNDERSTOOD[kind])).status_code == 302
    assert imported() == [("dora@example.com", "Dora", "1"), ("emil@example.com", "Emil", "2")]


COLUMNS = "email, name, phone, time_zone"
REFUSED = {
    "a name in two columns": (
        b"Email,Name,E-mail\n",
        f"There is no column e-mail: the file has email, name, e-mail, and the columns are {COLUMNS}.",
    ),
    "another delimiter": (
        b"email|name\nd@example.com|D\n",
        f"There is no column email|name: the file has email|name, and the columns are {COLUMNS}.",
    ),
    "no head": (b"d@example.com,Dora\n", f"the file has d@example.com, dora, and the columns are {COLUMNS}."),
    "only blank rows": (
        b",,\n,,\n",
        f"The column email is missing: the file has no columns, and the columns are {COLUMNS}.",
    ),
    "no rows": (b"email,name\n,\n", "There is no row below the names of the columns."),
    "a value beyond the head": (
        b"email,name\n,\nd@example.com,D,x\n",
        "Row 2 has a value in a column without a name: the file has email, name.",
    ),
    "a value below no name": (
        b"email,,name\nd@example.com,x,D\n",
        "Row 1 has a value in a column without a name: the file has email, name.",
    ),
    "an old spreadsheet": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "This is not a text in UTF-8: save it as CSV UTF-8 or as .xlsx.",
    ),
    "a damaged .xlsx": (b"PK\x03\x04 and nothing", "This .xlsx file cannot be read: save it as CSV UTF-8."),
    "a quotation mark that is never closed": (
        b'email,name\nd@example.com,"' + b"x" * 140_000,
        "This is not a table in CSV: save it as CSV UTF-8 or as .xlsx.",
    ),
    "a head of a thousand columns": (
        b",".join(b"c%d" % number for number in range(1000)) + b"\n",
        f"c7 and more, and the columns are {COLUMNS}.",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("debug", [True, False])
def test_another_file_is_refused_in_a_sentence_that_names_the_columns(
    kind: str, debug: bool, manager: Browser, settings: Any
) -> None:
    settings.DEBUG = debug
    content, expected = REFUSED[kind]
    assert refusal(upload(manager, content)).endswith(expected)
    assert imported() == []


def test_an_xlsx_file_that_unzips_to_too_much_is_not_read(manager: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNZIPPED_BYTES", 1000)
    assert "contains too much" in refusal(upload(manager, as_xlsx(ROWS)))


def with_shared_text(content: bytes, text: str, *, cells: int) -> bytes:
    """The workbook with a sheet in which all cells have the same text, written once, as Excel writes it."""
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    written = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as former, ZipFile(written, "w", ZIP_DEFLATED) as book:
        parts = {name: former.read(name).decode() for name in former.namelist()}
        parts["xl/worksheets/sheet1.xml"] = (
            f"<worksheet {namespace}><sheetData>{row * (cells // 10)}</sheetData></worksheet>"
        )
        parts["xl/sharedStrings.xml"] = f"<sst {namespace}><si><t>{text}</t></si></sst>"
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", override)
        for name, part in parts.items():
            book.writestr(name, part)
    return written.getvalue()


def test_a_text_that_many_cells_of_an_xlsx_file_share_is_not_written_for_each(manager: Browser) -> None:
    """Of 200 KB it could make 100 GB. Here 12 KB would become 60 MB."""
    content = with_shared_text(as_xlsx(ROWS), "x" * 60_000, cells=1000)
    tracemalloc.start()
    try:
        refused = upload(manager, content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal(refused) == "This .xlsx file contains too much: copy the rows into a new one."
    assert peak < 40 * 2**20


def test_an_xlsx_file_with_too_many_rows_is_refused(manager: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_SHEET_ROWS", 5)
    assert "more than 5 rows" in refusal(upload(manager, as_xlsx([*ROWS, *[[""]] * 9, [" "]])))


@pytest.mark.parametrize(
    "content",
    [b"email" + b",x" * 5_000 + b"\n" + b"a\n" * 5_000, b"email,name,phone,time_zone\n" + b"a\n" * 90_000],
    ids=["many columns", "many rows"],
)
def test_a_small_file_makes_no_large_table(content: bytes, manager: Browser) -> None:
    """Each row is made as long as the head: a file of 200 KB with 50,000 columns took 20 GB."""
    tracemalloc.start()
    try:
        refused = upload(manager, content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "columns are" in refusal(refused) or "at most 1000 rows" in refusal(refused)
    assert peak < 40 * 2**20


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_errors_have_the_row_numbers_of_the_file(write: Any, manager: Browser) -> None:
    rows = [*ROWS[:2], ["", "", ""], ["emil@example.com", "", ""], ["", "", ""], ["nobody", "No", ""]]
    assert errors(upload(manager, write(rows))) == [
        (3, {"name": ["This field cannot be blank."]}),
        (5, {"email": ["Enter a valid email address."]}),
    ]


@pytest.mark.parametrize("debug", [True, False])
def test_an_error_of_the_program_is_logged_and_its_text_is_not_shown(
    debug: bool, manager: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise LookupError("/srv/secret")

    settings.DEBUG = debug
    shown = upload(manager, as_csv([ROWS[0], ["", "", ""], *ROWS[1:]]))
    monkeypatch.setattr(ClientResource, "write", fail)
    response = upload(manager, as_csv([ROWS[0], ["", "", ""], *ROWS[1:]]))
    page = response.content.decode()
    assert "Row 2 could not be imported, because of an error of the program." in page
    assert [text for text in ("Traceback", "/srv/secret", "site-packages", "LookupError") if text in page] == []
    assert "confirm_form" not in response.context
    assert [record.name for record in caplog.records] == ["staff.imports"] * 2
    response = manager.get(accept(manager, shown).url)
    assert "Nothing was imported: the program made an error, which was logged." in response.content.decode()
    assert imported() == []


@pytest.mark.parametrize("file_format", [CSV, XLSX])
def test_an_exported_file_imports_as_no_change(file_format: str, manager: Browser) -> None:
    make_client(user=make_user(email="cleo@example.com"), name="Jo;=1+1;@SUM(A1)")
    make_client(user=make_user(email="+dora@example.com"), name="\uff1d2")
    Client.objects.update(phone="+44 20 7946 0000")
    make_provider(
        user=make_user(email="=anna@example.com"),
        name="-Anna",
        bio="Hair:\n- cuts\n- colours;=HYPERLINK(1)\t@SUM(A1)\n'=quoted",
        services=(make_service(name="=Cut"), make_service(name="@Beard")),
    )
    for page, number in ((CLIENTS, 2), (PROVIDERS, 1)):
        taken = export(manager, page, file_format).content
        shown = upload(manager, taken, page)
        assert [row.import_type for row in shown.context["result"].rows] == ["skip"] * number


@pytest.mark.parametrize("file_format", [CSV, XLSX])
def test_an_exported_file_brings_the_same_values_back(file_format: str, manager: Browser) -> None:
    bio = "Hair:\n- cuts\n- colours;=HYPERLINK(1)\n'=quoted"
    provider = make_provider(user=make_user(email="=anna@example.com"), name="-Anna;@", bio=bio)
    taken = export(manager, PROVIDERS, file_format).content
    Provider.objects.update(name="Changed", bio="")
    assert accept(manager, upload(manager, taken, PROVIDERS), PROVIDERS).status_code == 302
    provider.refresh_from_db()
    assert (provider.name, provider.bio) == ("-Anna;@", bio)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (False, "false"), (4711, "4711"), (4711.0, "4711"), (1.5, "1.5"), ("x", "x")],
    ids=str,
)
def test_a_cell_of_an_xlsx_file_is_read_as_it_is_shown(value: Any, text: str) -> None:
    """A spreadsheet turns 4711 and TRUE into a number, with or without a fraction, and a boolean."""
    assert tables.cell_text(value) == text
