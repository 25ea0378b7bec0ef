"""What the peers are asked for."""

import pytest
from graphql import build_schema, find_breaking_changes, parse, validate

from benchmarks.servers import ROOT
from benchmarks.titles import WORKS
from benchmarks.work import Work, works

OURS = build_schema((ROOT / "schema.graphql").read_text())
THEIRS = build_schema((ROOT / "benchmarks" / "node" / "schema.graphql").read_text())


def test_the_servers_on_node_have_a_part_of_our_schema() -> None:
    told = [change.description for change in find_breaking_changes(THEIRS, OURS)]
    assert told == []


@pytest.mark.parametrize("work", works(), ids=lambda work: work.name)
def test_a_work_is_valid_for_ours_and_for_the_servers_on_node(work: Work) -> None:
    assert work.name in WORKS
    for schema in (OURS, THEIRS):
        assert validate(schema, parse(work.document)) == []
