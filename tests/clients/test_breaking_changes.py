"""script/breaking-changes reports changes that may break clients, and fails for those that do."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from django.conf import settings

from tests.clients.conftest import SCHEMA, Tool

OLD = """
type Query {
  thing(id: ID!, colour: String @deprecated(reason: "Use paint. Removal after 2001-02-03.")): Thing
  old: Old @deprecated(reason: "Use thing. Removal after 2001-02-03.")
  later: Int @deprecated(reason: "Use thing. Removal after 2999-12-31.")
  someday: Int @deprecated(reason: "Use thing.")
}
type Thing { name: String!, size: Size }
type Old { name: String! }
enum Size { SMALL LARGE HUGE @deprecated(reason: "Use LARGE. Removal after 2001-02-03.") }
"""
REMOVABLE = [
    ', colour: String @deprecated(reason: "Use paint. Removal after 2001-02-03.")',
    '  old: Old @deprecated(reason: "Use thing. Removal after 2001-02-03.")\n',
    "type Old { name: String! }\n",
    ' HUGE @deprecated(reason: "Use LARGE. Removal after 2001-02-03.")',
]

Compare = Callable[[str], tuple[int, list[str]]]


@pytest.fixture
def compare(tmp_path: Path, tool: Tool) -> Compare:
    """Compares OLD with a schema; returns the exit status and the reported changes."""

    def compare(new: str) -> tuple[int, list[str]]:
        old_path, new_path = tmp_path / "old.graphql", tmp_path / "new.graphql"
        old_path.write_text(OLD)
        new_path.write_text(new)
        return changes(tool("breaking-changes.mjs", old_path, new_path))

    return compare


def changes(run: "CompletedProcess[str]") -> tuple[int, list[str]]:
    assert run.stderr == ""
    return run.returncode, [line.partition(":")[0] for line in run.stdout.splitlines()]


def without(*parts: str) -> str:
    found = OLD
    for part in parts:
        assert part in found
        found = found.replace(part, "")
    return found


def test_the_schema_does_not_break_the_contract(tool: Tool) -> None:
    contract = settings.BASE_DIR / "tests" / "contract.graphql"
    assert changes(tool("breaking-changes.mjs", contract, SCHEMA)) == (0, [])


def test_a_removed_field_is_reported(compare: Compare) -> None:
    assert compare(without("name: String!, ")) == (1, ["BREAKING  Thing.name"])


def test_a_new_required_argument_is_reported(compare: Compare) -> None:
    assert compare(OLD.replace("(id: ID!,", "(id: ID!, at: Int!,")) == (1, ["BREAKING  Query.thing.at"])


def test_a_field_that_became_nullable_is_reported(compare: Compare) -> None:
    assert compare(OLD.replace("Thing { name: String!", "Thing { name: String")) == (1, ["BREAKING  Thing.name"])


def test_a_new_enum_value_is_reported_and_allowed(compare: Compare) -> None:
    assert compare(OLD.replace("SMALL", "SMALL MIDDLE")) == (0, ["DANGEROUS  Size.MIDDLE"])


def test_additions_that_old_clients_cannot_notice_are_allowed(compare: Compare) -> None:
    new = OLD.replace("size: Size", 'size: Size weight: Int "In metres." height(of: ID): Int').replace(
        "Query {", "Query { b: Int"
    )
    assert compare(new) == (0, [])


def test_a_deprecated_element_may_be_removed_after_its_date(compare: Compare) -> None:
    assert compare(without(*REMOVABLE)) == (0, [])


@pytest.mark.parametrize("name", ["later", "someday"])
def test_a_deprecated_element_may_not_be_removed_before_its_date_or_without_one(name: str, compare: Compare) -> None:
    new = "\n".join(line for line in OLD.splitlines() if not line.strip().startswith(name))
    assert compare(new) == (1, [f"BREAKING  Query.{name}"])


def test_a_deprecated_element_that_stays_is_no_change(compare: Compare) -> None:
    assert compare(OLD) == (0, [])
