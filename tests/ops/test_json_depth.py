"""The nesting of JSON, and the number of its objects and lists, are found before it is parsed."""

import json
import tracemalloc
from typing import Any

import pytest

from ops.json_depth import STRING, has_more_containers, is_nested_deeper


@pytest.mark.parametrize(("kind", "leaf"), [("list", []), ("object", {}), ("list", ["["]), ("object", {"]": "{["})])
def test_depth_is_counted_through_lists_and_objects(kind: str, leaf: Any) -> None:
    value = leaf
    for _ in range(9):
        value = [1, value, 2] if kind == "list" else {"a": 1, "b": value, "c": 2}
    text = json.dumps(value).encode()
    assert not is_nested_deeper(text, 10)
    assert is_nested_deeper(text, 9)


@pytest.mark.parametrize("text", ["[[[", '"[[', "\\[[", '\\"[[', "]{[\\\\", "[[\n[["])
def test_brackets_in_strings_do_not_count(text: str) -> None:
    assert not is_nested_deeper(json.dumps(text).encode(), 0)
    assert not is_nested_deeper(json.dumps({text: text, "a": text}).encode(), 1)


@pytest.mark.parametrize("text", ["", "]", "[", "]" * 9, "[[[", "[}", '["[[', "][" * 50])
def test_brackets_that_are_not_balanced_are_left_to_the_parser(text: str) -> None:
    assert not is_nested_deeper(text.encode(), 3)


@pytest.mark.parametrize("text", [b"[]," * 43_000, b"[" * 64_000 + b"]" * 64_000, b'{"a":' * 25_000, b'"' * 128_000])
def test_no_values_are_made_of_the_text(text: bytes) -> None:
    tracemalloc.start()
    try:
        is_nested_deeper(text, 32)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50 * len(text)


@pytest.mark.parametrize("text", [b'"' + b'\\"' * 500, b'"' + b"\\\\" * 500 + b"\\", b'"'])
def test_a_string_without_an_end_is_read_once(text: bytes) -> None:
    assert STRING.findall(text) == [text.removesuffix(b"\\") if len(text) % 2 == 0 else text]


@pytest.mark.parametrize("value", [[[], {}, [1, {"a": []}]], {"a": {"[": "{{{["}, "b": [[], ["]"], {}]}])
def test_objects_and_lists_are_counted_outside_of_strings(value: Any) -> None:
    text = json.dumps(value).encode()
    assert not has_more_containers(text, 6)
    assert has_more_containers(text, 5)
