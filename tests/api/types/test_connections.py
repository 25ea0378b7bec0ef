"""Pages: sizes, flags and counts."""

from typing import Any

import pytest

from tests.factories import make_provider
from tests.practice import Ask, Practice

NAMES = """query($first: Int, $after: String, $last: Int, $before: String) {
    providers(first: $first, after: $after, last: $last, before: $before) {
        nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
    }
}"""


@pytest.mark.parametrize(
    ("page", "has_previous", "has_next"),
    [
        ({"first": 3}, False, False),
        ({"first": 2}, False, True),
        ({"last": 2}, True, False),
        ({"last": 3}, False, False),
    ],
)
def test_the_flags_show_whether_there_are_more_rows(
    page: dict[str, int], has_previous: bool, has_next: bool, ask: Ask, db: None
) -> None:
    for name in "abc":
        make_provider(name=name)
    info = ask(NAMES, **page).data["providers"]["pageInfo"]
    assert (info["hasPreviousPage"], info["hasNextPage"]) == (has_previous, has_next)


def test_an_empty_page_has_no_cursors(ask: Ask, db: None) -> None:
    no_page = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert ask(NAMES).data == {"providers": {"nodes": [], "edges": [], "pageInfo": no_page, "totalCount": 0}}


def test_a_page_has_twenty_items_by_default_and_a_hundred_at_most(ask: Ask, db: None) -> None:
    for _ in range(101):
        make_provider(name="a")
    sizes = [len(ask(NAMES, **page).data["providers"]["nodes"]) for page in ({}, {"first": 100}, {"last": 100})]
    assert sizes == [20, 100, 100]


@pytest.mark.parametrize(("selected", "statements"), [("nodes { id }", 1), ("nodes { id } totalCount", 2)])
def test_the_count_is_made_only_when_it_is_selected(
    selected: str, statements: int, ask: Ask, practice: Practice, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(statements):
        assert len(ask(f"{{ providers {{ {selected} }} }}").data["providers"]["nodes"]) == 2


@pytest.mark.parametrize(
    "page",
    [{"first": 0}, {"first": -1}, {"first": 101}, {"last": 0}, {"last": -1}, {"last": 101}, {"first": 1, "last": 1}],
)
def test_an_invalid_page_size_is_refused(page: dict[str, int], ask: Ask, db: None) -> None:
    answer = ask(NAMES, **page)
    assert (answer.data, answer.codes) == (None, ["BAD_USER_INPUT"])
