"""PageInfo: the row of a cursor counts as a row before or after the page."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import make_service
from tests.practice import Ask

Page = Callable[[str], dict[str, Any]]

FIELDS = "edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage }"


@pytest.fixture
def page(ask: Ask, db: None) -> Page:
    """A page of the services a, b, c and d."""
    for name in "abcd":
        make_service(name=name)

    def page(arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = ask(f"{{ services({arguments}) {{ {FIELDS} }} }}").data["services"]
        return found

    return page


@pytest.fixture
def cursors(page: Page) -> dict[str, str]:
    """The cursor of each service."""
    return {edge["node"]["name"]: edge["cursor"] for edge in page("first: 4")["edges"]}


@pytest.mark.parametrize(
    ("arguments", "names", "has_previous", "has_next"),
    [
        ("first: 4", "abcd", False, False),
        ("last: 4", "abcd", False, False),
        ("first: 3", "abc", False, True),
        ("last: 3", "bcd", True, False),
        ('first: 2, before: "<c>"', "ab", False, True),
        ('first: 4, before: "<c>"', "ab", False, True),
        ('first: 1, before: "<c>"', "a", False, True),
        ('first: 4, before: "<a>"', "", False, True),
        ('last: 2, after: "<b>"', "cd", True, False),
        ('last: 4, after: "<b>"', "cd", True, False),
        ('last: 1, after: "<b>"', "d", True, False),
        ('last: 4, after: "<d>"', "", True, False),
        ('first: 4, after: "<b>"', "cd", True, False),
        ('last: 4, before: "<c>"', "ab", False, True),
        ('first: 4, after: "<a>", before: "<d>"', "bc", True, True),
        ('last: 4, after: "<a>", before: "<d>"', "bc", True, True),
    ],
)
def test_the_flags_show_whether_rows_precede_and_follow_the_page(
    arguments: str, names: str, has_previous: bool, has_next: bool, page: Page, cursors: dict[str, str]
) -> None:
    for name, cursor in cursors.items():
        arguments = arguments.replace(f"<{name}>", cursor)
    found = page(arguments)
    assert [edge["node"]["name"] for edge in found["edges"]] == list(names)
    assert found["pageInfo"] == {"hasPreviousPage": has_previous, "hasNextPage": has_next}
