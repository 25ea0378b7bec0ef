"""The files of the booking page: one GraphQL document, small modules, texts, and hashed names."""

import json
import re
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client as Browser
from graphql import OperationDefinitionNode, parse, validate

from api.documents.texts import forget_texts
from api.schema import schema
from web.storage import StaticFilesStorage
from web.texts import BOOK_STEPS, BOOK_TEXTS

STATIC = Path(settings.BASE_DIR, "web", "static")
MODULES = sorted((STATIC / "web" / "book").glob("*.js"))
OPERATIONS = STATIC / "web" / "book" / "operations.graphql"


def scripts() -> str:
    return "".join(module.read_text(encoding="utf-8") for module in MODULES)


def operation_names() -> set[str]:
    document = parse(OPERATIONS.read_text(encoding="utf-8"))
    return {node.name.value for node in document.definitions if isinstance(node, OperationDefinitionNode) and node.name}


def test_the_document_is_valid_and_all_of_it_is_used() -> None:
    document = parse(OPERATIONS.read_text(encoding="utf-8"))
    assert validate(schema, document) == []
    used = set(re.findall(r'(?:read|readAll|execute|settle)\((?:"\w+", )?"(\w+)"', scripts()))
    used |= set(re.findall(r'\["\w+", "([A-Z]\w+)"', scripts()))
    assert used == operation_names()


def test_the_document_is_registered_as_a_persisted_query(client: Browser, db: None) -> None:
    forget_texts()  # another test may have used it in this process
    page = client.get("/book").content.decode()
    named = re.search(r'data-hash="([0-9a-f]{64})"', page)
    assert named is not None
    query = OPERATIONS.read_text(encoding="utf-8")
    assert named[1] == sha256(query.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": named[1]}}
    parameters = {"operationName": "Services", "variables": "{}", "extensions": json.dumps(extensions)}
    accept = {"accept": "application/json"}
    first = client.get(f"/graphql?{urlencode(parameters)}", headers=accept)
    assert (first.status_code, first.json()["errors"][0]["extensions"]["code"]) == (200, "PERSISTED_QUERY_NOT_FOUND")
    body = {"operationName": "Services", "variables": {}, "extensions": extensions, "query": query}
    assert "errors" not in client.post("/graphql", body, content_type="application/json").json()
    answer = client.get(f"/graphql?{urlencode(parameters)}", headers=accept)
    assert answer.json() == {"data": {"page": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}}
    assert "public" in answer["Cache-Control"]


def test_the_days_of_a_week_cost_much_less_than_the_times_of_one(client: Browser, db: None) -> None:
    query = OPERATIONS.read_text(encoding="utf-8")
    days = {f"from{day}": f"2030-01-{day + 1:02}T00:00:00Z" for day in range(8)}
    times = {"filter": {"startsFrom": days["from0"], "startsBefore": days["from1"], "serviceId": "U2VydmljZTox"}}
    costs = {}
    of_one = {**times["filter"], "id": "UHJvdmlkZXI6MQ=="}
    for name, variables in (("Week", days), ("Times", times), ("TimesOf", of_one)):
        body = {"operationName": name, "variables": variables, "query": query}
        report = {"graphql-cost": "report"}
        answer = client.post("/graphql", body, content_type="application/json", headers=report).json()
        costs[name] = answer["extensions"]["cost"]["requested"]
    assert costs["Week"] * 10 < costs["TimesOf"] < costs["Times"] / 2 < 500


def test_every_text_and_step_of_a_script_exists() -> None:
    named = set(re.findall(r'text\("(\w+)"', scripts()))
    assert len(named) > 5
    assert named <= set(BOOK_TEXTS)
    steps = set(re.findall(r"^  (\w+):", scripts().partition("const STEPS = {")[2].partition("};")[0], re.MULTILINE))
    assert set(BOOK_STEPS.values()) - steps == {"neighbours", "refresh"}
    assert steps <= set(BOOK_TEXTS)
    assert set(BOOK_STEPS) <= set(BOOK_TEXTS)


def test_every_error_code_has_a_text() -> None:
    codes = set(schema.type_map["UserErrorCode"].values)  # type: ignore[attr-defined]
    not_of_this_page = {"EMAIL_TAKEN", "IDEMPOTENCY_KEY_REUSED", "INVALID_INPUT"}
    assert codes - set(BOOK_TEXTS) == not_of_this_page


def test_modules_are_small_and_write_no_html() -> None:
    assert sum(module.stat().st_size for module in MODULES) < 30 * 1024
    assert max(module.read_text(encoding="utf-8").count("\n") for module in MODULES) < 200
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.message\b", scripts())


def test_imports_have_hashed_names(tmp_path: Path) -> None:
    copytree(OPERATIONS.parent, tmp_path / "web" / "book")
    storage = StaticFilesStorage(location=tmp_path, base_url="/static/")
    paths = {f"web/book/{module.name}": (storage, f"web/book/{module.name}") for module in MODULES}
    for _name, _hashed, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception)
    served = (tmp_path / storage.stored_name("web/book/book.js")).read_text(encoding="utf-8")
    imports = re.findall(r'from "(.+?)"', served)
    assert len(imports) == 9
    for name in imports:
        assert re.fullmatch(r"\./\w+\.[0-9a-f]{12}\.js", name), name
        assert (tmp_path / "web" / "book" / name).exists()
