"""What plans take of memory: a caller chooses the variables, and so how many there are of a document."""

import gc
import tracemalloc
from itertools import product

import pytest

from api.context import Context
from api.documents import parse_document
from api.execution import execute_document
from api.ids import to_global_id
from api.schema import schema
from tests.factories import NOW, make_provider, make_service

pytestmark = pytest.mark.django_db

NAMES = "abcde"
PLACES = 17
MOST_BYTES = 16 * 2**20

FRAGMENTS = """
fragment F on Provider {
  ...L services(first: 1) { nodes { ...S } edges { cursor node { ...S } } pageInfo { ...I } }
}
fragment L on Provider { id name bio timeZone isActive __typename }
fragment S on Service {
  id name description durationMinutes isActive __typename
  providers(first: 1) { nodes { ...L } edges { cursor node { ...L } } pageInfo { ...I } }
}
fragment I on PageInfo { hasNextPage hasPreviousPage startCursor endCursor __typename }
"""


def test_one_document_does_not_take_much_memory_whatever_its_variables_are() -> None:
    provider = make_provider(services=(make_service(),))
    pk = to_global_id("Provider", provider.pk)
    fields = " ".join(f'a{place}: provider(id: "{pk}") {{ ...F }}' for place in range(PLACES))
    variables = ", ".join(f"${name}: Boolean!" for name in NAMES)
    decided = " ".join(f"... @include(if: ${name}) {{ __typename }}" for name in NAMES)
    document = parse_document(schema, f"query Q({variables}) {{ {decided} {fields} }} {FRAGMENTS}")

    def execute(combination: tuple[bool, ...]) -> None:
        given = dict(zip(NAMES, combination, strict=True))
        assert execute_document(schema, document.tree, context=Context(now=NOW), variables=given).errors is None

    first, *others = product([True, False], repeat=len(NAMES))
    execute(first)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for combination in others:
            execute(combination)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < MOST_BYTES
