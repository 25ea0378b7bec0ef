"""Cursors: they keep their position while rows are added and deleted, and invalid ones are refused."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from reservation.models import Provider
from tests.factories import NOW, make_provider, staff
from tests.practice import Ask, Practice, gid

BY_NAME = """query($first: Int, $after: String, $last: Int, $before: String) {
    providers(first: $first, after: $after, last: $last, before: $before) { nodes { name } }
}"""
BY_CREATION = """query($after: String) {
    providers(orderBy: {field: CREATED_AT, direction: %s}, after: $after) { nodes { name } }
}"""


@pytest.fixture
def names(ask: Ask, db: None) -> Callable[..., list[str]]:
    return lambda **page: [node["name"] for node in ask(BY_NAME, **page).data["providers"]["nodes"]]


def cursor_of(name: str) -> str:
    provider = Provider.objects.get(name=name)
    return cursor(["Provider.name", name, provider.pk])


def cursor(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()


def test_a_cursor_outlives_its_row(names: Callable[..., list[str]]) -> None:
    for name in "abcd":
        make_provider(name=name)
    place = cursor_of("b")
    Provider.objects.get(name="b").delete()
    assert names(after=place) == ["c", "d"]
    assert names(before=place) == ["a"]


def test_rows_that_are_added_do_not_shift_a_cursor(names: Callable[..., list[str]]) -> None:
    for name in "bdf":
        make_provider(name=name)
    place = cursor_of("d")
    for name in "ace":
        make_provider(name=name)
    assert names(after=place) == ["e", "f"]
    assert names(before=place) == ["a", "b", "c"]


ODD_NAMES = [
    "Zoe",
    "zoe",
    "Zoë",
    "ada",
    "Ada",
    "ADA",
    "Åsa",
    "asa",
    "a-b",
    "ab",
    "a b",
    "10",
    "9",
    "ß",
    "ss",
    "ñ",
    "\u0149",
]


@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize(("some", "beyond", "sign"), [("first", "after", ""), ("last", "before", "-")])
def test_pages_have_every_name_once_without_regard_to_case_and_accents(
    some: str, beyond: str, sign: str, size: int, ask: Ask, db: None
) -> None:
    """The database compares rows with the cursor as it orders them: folded."""
    for name in [*ODD_NAMES, *ODD_NAMES]:
        make_provider(name=name)
    page = f"providers({some}: {size}, {beyond}: $at) {{ edges {{ cursor node {{ id }} }} }}"
    found: list[str] = []
    at = None
    while edges := ask(f"query($at: String) {{ {page} }}", at=at).data["providers"]["edges"]:
        in_order = edges[::-1] if sign else edges
        found += [edge["node"]["id"] for edge in in_order]
        at = in_order[-1]["cursor"]
        assert len(found) <= Provider.objects.count(), "the pages come to an end"
    assert found == [gid(provider) for provider in Provider.objects.order_by(f"{sign}folded_name", f"{sign}pk")]


def test_a_page_is_between_after_and_before(names: Callable[..., list[str]]) -> None:
    for name in "abcde":
        make_provider(name=name)
    between = {"after": cursor_of("a"), "before": cursor_of("e")}
    assert names(**between) == ["b", "c", "d"]
    assert names(first=2, **between) == ["b", "c"]
    assert names(last=2, **between) == ["c", "d"]
    assert names(after=cursor_of("d"), before=cursor_of("b")) == []


@pytest.mark.parametrize(
    "broken",
    ["", "x", "garbage!", "é", "\x00", "=" * 50, urlsafe_b64encode(b"\xff\xfe").decode(), cursor(None), cursor(7)]
    + [cursor("abc"), cursor({"a": 1, "b": 2, "c": 3}), cursor([]), cursor(["Provider.name", "a"]), "[" * 5000]
    + [cursor(["Provider.name", *rest]) for rest in (["a", "1"], ["a", -1], ["a", 2**63], ["a", True], ["a", 1.0])]
    + [cursor(["Provider.name", value, 1]) for value in (None, 1, ["a"], {}, True, "\ud800", "a\0")]
    + [cursor([None, "a", 1]), cursor(["a", "b", 1, 2]), urlsafe_b64encode(b"[" * 100_000).decode()]
    + [urlsafe_b64encode(b'["Provider.name","a",' + b"9" * 5000 + b"]").decode()],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_broken_cursor_is_refused(broken: str, ask: Ask, practice: Practice) -> None:
    for side in ("after", "before"):
        answer = ask(BY_NAME, **{side: broken})
        assert (answer.data, answer.codes) == (None, ["INVALID_CURSOR"])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "now",
        "2030-01-01",
        "2030-01-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "\ud800",
    ],
)
def test_a_cursor_with_a_broken_instant_is_refused(value: str, ask: Ask, practice: Practice) -> None:
    answer = ask(BY_CREATION % "ASC", after=cursor(["Provider.created_at", value, 1]))
    assert (answer.data, answer.codes) == (None, ["INVALID_CURSOR"])


@pytest.mark.parametrize(
    "name", ["-Provider.name", "Provider.created_at", "Service.name", "Client.name", "-Provider.created_at"]
)
def test_a_cursor_of_another_list_or_ordering_is_refused(name: str, ask: Ask, practice: Practice) -> None:
    value = NOW.isoformat() if name.endswith("_at") else "Anna"
    answer = ask(BY_NAME, after=cursor([name, value, practice.provider.pk]))
    assert (answer.data, answer.codes) == (None, ["INVALID_CURSOR"])


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_a_cursor_from_another_list_is_refused(direction: str, ask: Ask, practice: Practice) -> None:
    found = ask("{ services { edges { cursor } } reservations { edges { cursor } } }", caller=staff())
    for edges in (found.data["services"]["edges"], found.data["reservations"]["edges"]):
        assert ask(BY_CREATION % direction, after=edges[0]["cursor"]).codes == ["INVALID_CURSOR"]


def test_a_cursor_encodes_the_position_of_a_row(ask: Ask, practice: Practice) -> None:
    found = ask("{ providers { edges { cursor node { id } } } }").data["providers"]["edges"][0]
    place = json.loads(urlsafe_b64decode(found["cursor"]))
    assert (place, found["node"]["id"]) == (["Provider.name", "Anna", practice.provider.pk], gid(practice.provider))
