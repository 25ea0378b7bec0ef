"""What two checkouts are compared by."""

import json
import time
from argparse import ArgumentTypeError
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from graphql import OperationDefinitionNode, parse, validate
from graphql.execution.values import get_variable_values

from api.schema import schema
from benchmarks.__main__ import variable
from benchmarks.checkouts import line, script
from benchmarks.client import Failed
from benchmarks.rounds import Turns
from benchmarks.traffic import OPERATIONS, Traffic, day_of, day_of_several, new_document, week_of
from benchmarks.workloads import workloads

IDS = ["UHJvdmlkZXI6MQ==", "UHJvdmlkZXI6Mg==", "UHJvdmlkZXI6Mw=="]
SERVICE = "U2VydmljZTox"
WINDOWS = {
    "week": lambda number: week_of(IDS, number),
    "day": lambda number: day_of(IDS, SERVICE, number),
    "several": lambda number: day_of_several(IDS, SERVICE, number),
}


def sent(request: bytes) -> dict[str, str]:
    """The parameters of a GET."""
    target = request.split()[1].decode()
    return {name: value for name, [value] in parse_qs(urlsplit(target).query).items()}


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_has_the_variables_of_an_operation_of_the_booking_page(name: str) -> None:
    parameters = sent(WINDOWS[name](7))
    tree = parse(OPERATIONS)
    [operation] = [
        one
        for one in tree.definitions
        if isinstance(one, OperationDefinitionNode) and one.name and one.name.value == parameters["operationName"]
    ]
    variables = json.loads(parameters["variables"])
    coerced = get_variable_values(schema, operation.variable_definitions, variables)
    assert isinstance(coerced, dict), coerced
    assert coerced.keys() == variables.keys()


@pytest.mark.parametrize("name", WINDOWS)
def test_no_window_is_sent_twice(name: str) -> None:
    requests = [WINDOWS[name](number) for number in range(1000)]
    assert len(set(requests)) == len(requests)


def test_a_new_document_is_valid_and_differs_from_all_others() -> None:
    fifty, *_ = workloads()
    bodies = [new_document(fifty, number).partition(b"\r\n\r\n")[2] for number in range(100)]
    documents = {json.loads(body)["query"] for body in bodies}
    assert len(documents) == 100
    assert validate(schema, parse(min(documents))) == []


def test_different_responses_to_the_same_request_end_the_comparison() -> None:
    traffic, responses = Traffic("fifty", lambda _: b"request"), {}
    until = time.perf_counter() + 60
    this, other = (script(traffic, count(), responses, until) for _ in range(2))
    assert next(this) == next(other) == b"request"
    assert this.send(b"response") == b"request"
    with pytest.raises(Failed, match="another"):
        other.send(b"another")


def test_an_error_ends_the_comparison_though_both_return_it() -> None:
    one = script(Traffic("fifty", lambda _: b"request"), count(), {}, time.perf_counter() + 60)
    next(one)
    with pytest.raises(Failed):
        one.send(b'{"errors": []}')


def test_a_line_has_the_ratios_of_this_checkout_to_the_other() -> None:
    turns = {"this": Turns([300.0], [1.0]), "other": Turns([200.0], [2.0])}
    assert line("Title", turns) == "| Title | 300 | 200 | 1.50 | 1.00 | 2.00 | 0.50 |"


def test_a_variable_for_this_checkout_has_a_name_and_a_value() -> None:
    assert variable("MEMCACHED_URL=memcached://a?b=c") == ("MEMCACHED_URL", "memcached://a?b=c")
    assert variable("EMPTY=") == ("EMPTY", "")
    for text in ("NAME", "=value"):
        with pytest.raises(ArgumentTypeError, match="NAME=VALUE"):
            variable(text)
