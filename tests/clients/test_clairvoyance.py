"""The schema cannot be guessed by callers who may not see it: clairvoyance, which reads errors, finds nothing."""

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
ROOTS = {"Query", "Mutation"}  # the specification's names, which __typename returns

Guess = Callable[..., set[str]]

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
    """Every name of the schema: of types, fields, arguments and values."""
    found = set()
    for name, one in schema.type_map.items():
        if not is_introspection_type(one):
            fields = getattr(one, "fields", {})
            arguments = {argument for field in fields.values() for argument in getattr(field, "args", {})}
            found |= {name, *fields, *arguments, *getattr(one, "values", {})}
    return found


@pytest.fixture(scope="module")
def closed(django_db_setup: None) -> Iterator[Server]:
    """A server that shows its schema to staff only, as in production."""
    with serving(GRAPHQL_INTROSPECTION="false", GRAPHQL_SUGGESTIONS="false") as server:
        yield server


@pytest.fixture
def guess(tmp_path: Path) -> Guess:
    """Runs clairvoyance on a server with these words; returns the names that it finds."""

    def guess(server: Server, words: set[str]) -> set[str]:
        words_path, found_path = tmp_path / "words", tmp_path / "found.json"
        words_path.write_text("\n".join(sorted(words)))
        options = ("--wordlist", words_path, "--output", found_path, "--max-retries", "1", "--profile", "fast")
        subprocess.run(
            [sys.executable, "-m", "clairvoyance", *map(str, options), server.graphql],
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
        )
        return set(names_in(json.loads(found_path.read_text()))) if found_path.exists() else set()

    return guess


def names_in(value: Any) -> Iterator[str]:
    """Yields every name in a schema in JSON."""
    if isinstance(value, dict):
        yield from [value["name"]] if isinstance(value.get("name"), str) else []
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from names_in(one)


def test_clairvoyance_finds_nothing_when_suggestions_are_off(closed: Server, guess: Guess) -> None:
    assert guess(closed, names() | INVENTED) & names() - ROOTS == set()


def test_clairvoyance_finds_names_when_suggestions_are_on(server: Server, guess: Guess) -> None:
    found = guess(server, {"viewer", "isStaff", "services", "first"} | INVENTED)
    assert found >= {"Viewer", "viewer", "isStaff", "ServiceConnection", "services", "first"}


def revealed(server: Server, document: str, variables: dict[str, Any]) -> set[str]:
    """The names of the schema in the error messages that are not in the request."""
    body = {"query": document, "variables": variables}
    response = requests.post(server.graphql, json=body, timeout=TIMEOUT_SECONDS).json()
    words = {word for error in response["errors"] for word in re.findall(r"\w+", error["message"])}
    return words & names() - set(re.findall(r"\w+", json.dumps(body)))


@pytest.mark.parametrize(("document", "variables"), LEAKY)
def test_errors_reveal_no_name_when_suggestions_are_off(
    document: str, variables: dict[str, Any], closed: Server
) -> None:
    assert revealed(closed, document, variables) == set()


def test_introspection_is_refused_when_it_is_off(closed: Server) -> None:
    for document in ("{ __schema { types { name } } }", '{ __type(name: "Query") { fields { name } } }'):
        response = requests.post(closed.graphql, json={"query": document}, timeout=TIMEOUT_SECONDS).json()
        assert [error["extensions"]["code"] for error in response["errors"]] == ["INTROSPECTION_DISABLED"]


@pytest.mark.parametrize(("document", "variables"), LEAKY)
def test_the_same_error_reveals_a_name_when_suggestions_are_on(
    document: str, variables: dict[str, Any], server: Server
) -> None:
    assert revealed(server, document, variables)
