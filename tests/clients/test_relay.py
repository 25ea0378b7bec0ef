"""relay-compiler compiles against the schema, and relay-runtime reads the server's connections and nodes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.clients.conftest import EXAMPLES, SCHEMA, TIMEOUT_SECONDS, Program, Tool, operation_of, serving

QUERY = """
query OpenAppointmentsQuery($filter: OpenAppointmentFilter!, $first: Int!, $after: String) {
  ...OpenAppointments_list
}
"""
LIST = """
fragment OpenAppointments_list on Query {
  openAppointments(filter: $filter, first: $first, after: $after) @connection(key: "List_openAppointments") {
    edges { node { id startsAt provider { id } } }
  }
}
"""
PROVIDER = """
fragment Provider_provider on Provider
@refetchable(queryName: "ProviderRefetchQuery")
@argumentDefinitions(first: { type: "Int", defaultValue: 3 }, after: { type: "String" }) {
  name
  openAppointments(first: $first, after: $after, startsFrom: $startsFrom, startsBefore: $startsBefore)
    @connection(key: "Provider_openAppointments") { edges { node { startsAt } } }
}
"""
MODULES = {"OpenAppointments": [QUERY, LIST], "Provider": [PROVIDER]}
CONFIG = {
    "src": "sources",
    "schema": "schema.graphql",
    "language": "javascript",
    "artifactDirectory": "artifacts",
    "eagerEsModules": False,
}

Compile = Callable[..., Path]


@pytest.fixture
def compile_relay(tmp_path: Path, tool: Tool) -> Compile:
    """Compiles the documents of these modules with relay-compiler; returns the folder of the artifacts."""

    def compile_relay(modules: dict[str, list[str]], **config: Any) -> Path:
        artifacts, sources = tmp_path / "artifacts", tmp_path / "sources"
        artifacts.mkdir()
        sources.mkdir()
        for name, documents in modules.items():
            (sources / f"{name}.js").write_text("".join(f"graphql`{document}`;\n" for document in documents))
        (tmp_path / "schema.graphql").write_text(SCHEMA.read_text())
        (tmp_path / "relay.config.json").write_text(json.dumps({**CONFIG, **config}))
        run = tool("node_modules/relay-compiler/cli.js", "relay.config.json", cwd=tmp_path)
        assert run.returncode == 0, run.stdout + run.stderr
        return artifacts

    return compile_relay


def test_relay_compiles_every_example_to_one_artifact(compile_relay: Compile) -> None:
    documents = {operation_of(document): document for document in map(Path.read_text, EXAMPLES)}
    assert len(documents) == len(EXAMPLES) > 0
    artifacts = compile_relay({re.sub("(Query|Mutation)$", "", name): [text] for name, text in documents.items()})
    assert {path.name for path in artifacts.iterdir()} == {f"{name}.graphql.js" for name in documents}


def test_relay_reads_a_connection_page_by_page_and_refetches_a_node(
    practice: dict[str, Any], compile_relay: Compile, program: Program
) -> None:
    artifacts = compile_relay(MODULES)
    assert program("relay.mjs", **practice, artifacts=str(artifacts)) == output_for(practice)


def test_a_server_trusts_only_the_documents_that_relay_published(
    practice: dict[str, Any], compile_relay: Compile, program: Program, tmp_path: Path
) -> None:
    published = tmp_path / "published.json"
    published.write_text("{}")  # relay adds to it
    artifacts = compile_relay(MODULES, persistConfig={"file": published.name, "algorithm": "SHA256"})
    with serving(GRAPHQL_TRUSTED_DOCUMENTS=str(published)) as server:
        given = {**practice, "server": server.url, "artifacts": str(artifacts)}
        assert program("relay.mjs", **given) == output_for(practice)
        with urlopen(f"{server.graphql}?query={{__typename}}", timeout=TIMEOUT_SECONDS) as response:
            assert json.load(response)["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def output_for(practice: dict[str, Any]) -> dict[str, Any]:
    """The output of relay.mjs: the list after each page, and the provider with its first three appointments."""
    starts = practice["starts"]
    return {"reads": [starts[:2], starts[:4], starts], "provider": {"name": "Anna", "open": starts[:3]}}
