"""Documents and bodies of denial-of-service attacks: each is refused quickly, before it is executed."""

import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from graphql import parse

from api.views import graphql_view

# A bomb takes at most so many times the CPU of parsing the longest allowed document: machines differ in speed.
MAX_PARSINGS = 4
LONGEST = "{ " + "isStaff " * (settings.GRAPHQL_MAX_TOKENS - 2) + "}"
TRIES = 5

FAN = " ".join(f"fragment F{n} on Query {{ {f'...F{n + 1} ' * 30} }}" for n in range(5))
DOUBLING = " ".join(
    f"fragment F{n} on Query {{ a{n}: node(id: 1) {{ id }} ...F{n + 1} ...F{n + 1} }}" for n in range(20)
)
NESTED_ALIASES = " ".join(
    f"fragment F{n} on Service {{ a: providers {{ nodes {{ services {{ nodes {{ ...F{n + 1} }} }} }} }}"
    f" b: providers {{ nodes {{ services {{ nodes {{ ...F{n + 1} }} }} }} }} }}"
    for n in range(20)
)
TYPES = "types { fields { type { " * 3 + "name" + " } } }" * 3
COMPLEX, DEEP, INVALID = "QUERY_TOO_COMPLEX", "QUERY_TOO_DEEP", "GRAPHQL_VALIDATION_FAILED"

BOMBS: dict[str, tuple[str, str, str | None]] = {
    "30-fold fragment fan-out": (
        "{ ...F0 } " + FAN + " fragment F5 on Query { viewer { isStaff } }",
        COMPLEX,
        "repeats",
    ),
    "aliases times fragments, 2^20": (
        "{ ...F0 } " + DOUBLING + " fragment F20 on Query { viewer { isStaff } }",
        COMPLEX,
        "repeats",
    ),
    "aliases times fragments, 2^20 deep": (
        "{ services { nodes { ...F0 } } } " + NESTED_ALIASES + " fragment F20 on Service { id }",
        DEEP,
        "depth",
    ),
    "fragment cycle": ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", INVALID, None),
    "fragment cycle through fields": (
        "{ services { nodes { ...S } } } fragment S on Service { providers { nodes { services { nodes { ...S } } } } }",
        INVALID,
        None,
    ),
    "unknown fragment": ("{ ...Nothing }", INVALID, None),
    "unknown fragments": ("{ " + "...Nothing " * 300 + "}", INVALID, None),
    "unknown fields": ("{ " + " ".join(f"field{number}" for number in range(700)) + " }", INVALID, None),
    "5,000 deep selections": ("{a" * 5000 + "}" * 5000, DEEP, "nesting"),
    "5,000 deep lists": ("{ nodes(ids: " + "[" * 5000 + "]" * 5000 + ") { id } }", DEEP, "nesting"),
    "5,000 deep types": ("query($a: " + "[" * 5000 + "Int" + "]" * 5000 + ") { viewer { isStaff } }", DEEP, "nesting"),
    "101 aliases": ("{ " + " ".join(f"a{n}: viewer {{ isStaff }}" for n in range(101)) + " }", COMPLEX, "aliases"),
    "101 aliases of __typename": ("{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }", COMPLEX, "aliases"),
    "500 times the same field": ("{ " + "__typename " * 500 + "}", COMPLEX, "repeats"),
    "240 times the same object": ("{ " + "viewer { isStaff } " * 240 + "}", COMPLEX, "repeats"),
    "30 times 29 times the same field": ("{ " + ("viewer { " + "email " * 29 + "} ") * 30 + "}", COMPLEX, "repeats"),
    "an unused fragment with 900 times the same field": (
        "{ viewer { isStaff } } fragment A on Viewer { " + "isStaff " * 900 + "}",
        COMPLEX,
        "repeats",
    ),
    "more tokens than are read": ("{ " + "viewer { isStaff } " * 700 + "}", COMPLEX, "tokens"),
    "more characters than are read": ("{ viewer { isStaff } }" + " " * 100_000, "PAYLOAD_TOO_LARGE", "characters"),
    "pages of pages": (
        "{ providers(first: 100) { nodes { services(first: 100) { nodes { id } } } } }",
        COMPLEX,
        "cost",
    ),
    "a circular introspection": ("{ __schema { " + TYPES + " } }", INVALID, None),
    "introspection 30 times over": (
        "{ " + " ".join(f"a{n}: __schema {{ types {{ ...T }} }}" for n in range(30)) + " } fragment T on __Type "
        "{ fields { args { type { name } } type { name } } inputFields { type { name } } enumValues { name } }",
        COMPLEX,
        "cost",
    ),
}
BODIES: dict[str, tuple[Any, str, str | None]] = {
    **{name: ({"query": source}, code, limit) for name, (source, code, limit) in BOMBS.items()},
    "a page of a million by a variable": (
        {"query": "query($n: Int) { providers(first: $n) { nodes { id } } }", "variables": {"n": 1_000_000}},
        COMPLEX,
        "cost",
    ),
    "a page of a million by a default": (
        {"query": "query($n: Int = 1000000) { providers(last: $n) { nodes { id } } }"},
        COMPLEX,
        "cost",
    ),
    "10 MB": (b'{"query": "{ viewer { isStaff } }"}' + b" " * 10_000_000, "PAYLOAD_TOO_LARGE", None),
    "JSON 50,000 deep": (b"[" * 50_000 + b"]" * 50_000, "BAD_REQUEST", None),
    "JSON 40 deep": (
        b'{"query": "{ viewer { isStaff } }", "extensions": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
        "BAD_REQUEST",
        None,
    ),
    "a list of 30,000": (
        {"query": "query($a: [ID!]!) { nodes(ids: $a) { id } }", "variables": {"a": [1] * 30_000}},
        "BAD_USER_INPUT",
        "list",
    ),
    "a batch of 1,000": ([{"query": "{ viewer { isStaff } }"}] * 1000, "BAD_REQUEST", None),
}


def post(body: Any) -> tuple[HttpResponse, float]:
    """The response, and how many seconds of CPU it took."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = RequestFactory().post("/graphql/", text, content_type="application/json")
    start = time.thread_time()
    response = graphql_view(request)
    return response, time.thread_time() - start


def parse_longest() -> float:
    """How many seconds of CPU graphql-core takes to parse the longest document."""
    start = time.thread_time()
    parse(LONGEST)
    return time.thread_time() - start


@pytest.mark.parametrize("name", BODIES)
def test_a_bomb_is_refused_quickly(name: str) -> None:
    # Without the `db` fixture a database statement is an error.
    body, code, limit = BODIES[name]
    seconds, parsings = [], []
    for _ in range(TRIES):
        parsings.append(parse_longest())
        response, cpu = post(body)
        seconds.append(cpu)
        content = json.loads(response.content)
        assert content.keys() == {"errors"}
        assert {(one["extensions"]["code"], one["extensions"].get("limit")) for one in content["errors"]} == {
            (code, limit)
        }
    assert min(seconds) < MAX_PARSINGS * min(parsings)
