"""The plan cache is bounded, since a caller chooses the variables, and so how many plans a document has."""

from itertools import product
from typing import Any

import pytest

from api.context import Context
from api.documents import Document, parse_document
from api.execution import columnar, execute_document
from api.execution.plan_cache import PlanCache
from api.schema import schema
from tests.factories import NOW

pytestmark = pytest.mark.django_db

NAMES = "abcd"
FIELDS = 20


@pytest.fixture(autouse=True)
def _columnar(settings: Any) -> None:
    """Only the columnar executor has plans."""
    settings.GRAPHQL_EXECUTOR = "columnar"


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch, settings: Any) -> PlanCache:
    """A plan cache with room for five plans of the document, used by the columnar executor."""
    settings.GRAPHQL_EXECUTOR = "columnar"
    plans = PlanCache(max_fields=5 * (FIELDS + 1) * 2)
    monkeypatch.setattr(columnar, "PLANS", plans)
    return plans


def make_document() -> Document:
    """Each combination of its variables has its own plan, with two fields for each alias."""
    variables = ", ".join(f"${name}: Boolean!" for name in NAMES)
    decided = " ".join(f"... @include(if: ${name}) {{ __typename }}" for name in NAMES)
    fields = " ".join(f"a{place}: viewer {{ isStaff }}" for place in range(FIELDS))
    return parse_document(schema, f"query Q({variables}) {{ {decided} {fields} }}")


def execute(document: Document, combination: tuple[bool, ...]) -> None:
    given = dict(zip(NAMES, combination, strict=True))
    assert execute_document(schema, document.tree, context=Context(now=NOW), variables=given).errors is None


def test_the_cache_is_bounded_by_the_number_of_fields(plans: PlanCache) -> None:
    document = make_document()
    for combination in product([True, False], repeat=len(NAMES)):
        execute(document, combination)
        assert sum(plan.size for _, plan in plans.plans.values()) <= plans.max_fields
    assert 4 <= len(plans.plans) <= 6


def test_a_plan_that_is_used_is_not_evicted(plans: PlanCache) -> None:
    document = make_document()
    first, *others = product([True, False], repeat=len(NAMES))
    execute(document, first)
    ((_, used),) = plans.plans.values()
    for combination in others:
        execute(document, combination)
        execute(document, first)
        assert used in [plan for _, plan in plans.plans.values()]


def test_operations_of_different_documents_have_different_plans(plans: PlanCache) -> None:
    document, other = make_document(), parse_document(schema, "{ viewer { isStaff } }")
    execute(document, (True,) * len(NAMES))
    assert execute_document(schema, other.tree, context=Context(now=NOW)).data == {"viewer": {"isStaff": False}}
    assert len(plans.plans) == 2
