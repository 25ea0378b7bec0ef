"""The workloads are valid for this API and for the servers on Node."""

import pytest
from graphql import build_schema, find_breaking_changes, parse, validate

from benchmarks.servers import ROOT
from benchmarks.titles import WORKLOADS
from benchmarks.workloads import Workload, workloads

SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
NODE_SCHEMA = build_schema((ROOT / "benchmarks" / "node" / "schema.graphql").read_text())


def test_the_schema_of_the_servers_on_node_is_a_part_of_the_api() -> None:
    changes = [change.description for change in find_breaking_changes(NODE_SCHEMA, SCHEMA)]
    assert changes == []


@pytest.mark.parametrize("workload", workloads(), ids=lambda workload: workload.name)
def test_a_workload_is_valid_for_the_api_and_for_the_servers_on_node(workload: Workload) -> None:
    assert workload.name in WORKLOADS
    for schema in (SCHEMA, NODE_SCHEMA):
        assert validate(schema, parse(workload.document)) == []
