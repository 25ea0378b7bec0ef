"""Who may not see the schema cannot guess it: clairvoyance, which reads it from errors, is told nothing."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from graphql import is_introspection_type

from api.schema import schema
from tests.clients.conftest import Server, serving

TIMEOUT_SECONDS = 60
INVENTED = {f"invented{number}" for number in range(5)}
ROOTS = {"Query", "Mutation"}  # what the specification calls them, and __typename tells

Look = Callable[..., set[str]]

LEAKY = [
    ("{ service }", {}),
    ("{ sirvice(id: 1) { id } }", {}),
    ("{ service(id: 1) }", {}),
    ("{ service(id: 1) { nume } }", {}),
    ("{ service(id: 1) { name { id } } }", {}),
    ("{ service(it: 1) { id } }", {}),
    ("{ services(filter: {}) { notes { id } } }", {}),
    ("{ services(filter: {serch: 1}) { totalCount } }", {}),
    ("{ services(first: TEN) { totalCount } }", {}),
    ("{ providers(orderBy: {field: NAMED, direction: UP}) { totalCount } }", {}),
    ("{ node(id: 1) { ... on Servise { id } } }", {}),
    ("{ node(id: 1) { name } }", {}),
    ("{ openAppointments { totalCount } }", {}),
    ("query($a: ServiceFiltre) { services(filter: $a) { totalCount } }", {}),
    ("query($a: ServiceFilter) { services(filter: $a) { totalCount } }", {"a": {"serch": "x"}}),
    ("query($a: ProviderOrder) { providers(orderBy: $a) { totalCount } }", {"a": {"field": "NAMED"}}),
    ("query($a: OpenAppointmentFilter!) { openAppointments(filter: $a) { totalCount } }", {"a": {}}),
    ("mutation { confirmReservation(input: {}) { userErrors { code } } }", {}),
    ("mutation { confirmReservations(input: {}) { userErrors { code } } }", {}),
]


def names() -> set[str]:
    """Every name that is ours: of types, fields, arguments and values."""
    found = set()
    for name, one in schema.type_map.items():
        if not is_introspection_type(one):
            fields = getattr(one, "fields", {})
            arguments = {argument for field in fields.values() for argument in getattr(field, "args", {})}
            found |= {name, *fields, *arguments, *getattr(one, "values", {})}
    return found


@pytest.fixture(scope="module")
def closed(django_db_setup: None) -> Iterator[Server]:
    """A server that shows its schema to nobody but staff, as in production."""
    with serving(GRAPHQL_INTROSPECTION="false", GRAPHQL_SUGGESTIONS="false") as server:
        yield server


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Have clairvoyance guess the schema of a server with these words: the names that it has found."""

    def look(server: Server, words: set[str]) -> set[str]:
        words_path, found_path = tmp_path / "words", tmp_path / "found.json"
        words_path.write_text("\n".join(sorted(words)))
        options = ("--wordlist", words_path, "--output", found_path, "--max-retries", "1", "--profile", "fast")
        subprocess.run(
            [sys.executable, "-m", "clairvoyance", *map(str, options), server.graphql],
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
        )
        return set(named(json.loads(found_path.read_text()))) if found_path.exists() else set()

    return look


def named(value: Any) -> Iterator[str]:
    """The names that stand anywhere in a schema in JSON."""
    if isinstance(value, dict):
        yield from [value["name"]] if isinstance(value.get("name"), str) else []
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from named(one)


def test_clairvoyance_finds_nothing_where_names_are_kept(closed: Server, look: Look) -> None:
    assert look(closed, names() | INVENTED) & names() - ROOTS == set()


def test_clairvoyance_finds_names_where_errors_tell_them(server: Server, look: Look) -> None:
    found = look(server, {"viewer", "isStaff", "services", "first"} | INVENTED)
    assert found >= {"Viewer", "viewer", "isStaff", "ServiceConnection", "services", "first"}


def told(server: Server, document: str, variables: dict[str, Any]) -> set[str]:
    """The names in the messages of the answer that the request does not have."""
    body = {"query": document, "variables": variables}
    answer = requests.post(server.graphql, json=body, timeout=TIMEOUT_SECONDS).json()
    words = {word for error in answer["errors"] for word in re.findall(r"\w+", error["message"])}
    return words & names() - set(re.findall(r"\w+", json.dumps(body)))


@pytest.mark.parametrize(("document", "variables"), LEAKY)
def test_no_error_tells_a_name_where_names_are_kept(document: str, variables: dict[str, Any], closed: Server) -> None:
    assert told(closed, document, variables) == set()


def test_the_schema_is_not_shown_where_names_are_kept(closed: Server) -> None:
    for document in ("{ __schema { types { name } } }", '{ __type(name: "Query") { fields { name } } }'):
        answer = requests.post(closed.graphql, json={"query": document}, timeout=TIMEOUT_SECONDS).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTROSPECTION_DISABLED"]


@pytest.mark.parametrize(("document", "variables"), LEAKY)
def test_the_same_error_tells_a_name_elsewhere(document: str, variables: dict[str, Any], server: Server) -> None:
    assert told(server, document, variables)
