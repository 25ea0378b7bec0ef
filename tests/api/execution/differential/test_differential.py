"""The columnar executor has the results of graphql-core: data and its order, messages, locations, paths, codes."""

import os
import random
import time
from collections import Counter
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError, execute, get_introspection_query, parse, validate

from api.execution.columnar import ColumnarExecutionContext
from api.execution.loop import thread_loop
from tests.api.execution.differential.documents import Author, random_variables
from tests.api.execution.differential.world import World, schema

SECONDS = float(os.environ.get("DIFFERENTIAL_SECONDS") or 10)
SEED = os.environ.get("DIFFERENTIAL_SEED")


def result_of(document: Any, world: World, variables: dict[str, Any], **options: Any) -> Any:
    """The result, with the order of its keys."""
    result = execute(schema, document, "root", world, variables, "Op", **options)
    assert isinstance(result, ExecutionResult)
    return ordered(result.data), [error.formatted for error in result.errors or ()]


def ordered(data: Any) -> Any:
    if isinstance(data, dict):
        return [(key, ordered(value)) for key, value in data.items()]
    return [ordered(item) for item in data] if isinstance(data, list) else data


@pytest.mark.no_cover  # long, and others execute the same
def test_random_operations_have_the_results_of_graphql_core() -> None:
    seed = int(SEED) if SEED else random.randrange(10**9)
    print(f"DIFFERENTIAL_SEED={seed}")
    chance, count, until = random.Random(seed), Counter[str](), time.monotonic() + SECONDS
    while time.monotonic() < until or count["documents"] < 50:
        text = Author(random.Random(chance.random())).document()
        try:
            document = parse(text)
        except GraphQLError:
            continue
        if validate(schema, document):
            continue
        count["documents"] += 1
        for _ in range(4):
            variables, world_seed, rate = (
                random_variables(chance),
                chance.random(),
                chance.choice([0, 0, 0.01, 0.05, 0.2]),
            )
            expected = result_of(document, World(world_seed, rate), variables)
            count["with errors"] += bool(expected[1])
            for loop in (None, thread_loop()):
                world = World(world_seed, rate, loop)
                found = result_of(document, world, variables, execution_context_class=ColumnarExecutionContext)
                assert found == expected, f"seed {seed}, world {world_seed}, rate {rate}, {variables}, {text}"
                count["executions"] += 1
    print(dict(count))
    assert count["with errors"] > count["documents"] / 4


def test_introspection_has_the_result_of_graphql_core() -> None:
    document = parse(get_introspection_query())
    columnar = execute(schema, document, execution_context_class=ColumnarExecutionContext)
    assert columnar == execute(schema, document)
