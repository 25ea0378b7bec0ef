"""Executing a document: awaitable resolvers, the order of mutations, and no coroutine left unawaited."""

import gc
from collections.abc import Awaitable, Callable, Iterator
from math import inf
from typing import Any

import graphene
import pytest
from django.conf import settings
from graphql import GraphQLResolveInfo, parse

from api.context import Context
from api.execution import execute_document, thread_loop
from tests.factories import NOW
from tests.practice import Ask, Practice, gid

Execute = Callable[[str], Any]


class Queries(graphene.ObjectType):
    now = graphene.String()
    later = graphene.String()
    never = graphene.String()
    fails = graphene.String()
    needed = graphene.String(required=True)

    @staticmethod
    def resolve_now(_root: None, _info: GraphQLResolveInfo) -> str:
        return "now"

    @staticmethod
    async def resolve_later(_root: None, _info: GraphQLResolveInfo) -> str:
        future = thread_loop().create_future()
        thread_loop().call_soon(future.set_result, "later")
        return str(await future)

    @staticmethod
    def resolve_never(_root: None, _info: GraphQLResolveInfo) -> Awaitable[str]:
        return thread_loop().create_future()

    @staticmethod
    async def resolve_fails(_root: None, _info: GraphQLResolveInfo) -> str:
        raise LookupError("later")

    @staticmethod
    def resolve_needed(_root: None, _info: GraphQLResolveInfo) -> str:
        raise LookupError("now")


@pytest.fixture
def execute() -> Execute:
    schema = graphene.Schema(query=Queries).graphql_schema
    return lambda source: execute_document(schema, parse(source), context=Context(now=NOW))


def test_resolvers_may_be_synchronous_or_asynchronous(execute: Execute) -> None:
    assert execute("{ now }").data == {"now": "now"}
    assert execute("{ now later again: later }").data == {"now": "now", "later": "later", "again": "later"}


def test_an_error_of_one_field_does_not_affect_the_others(execute: Execute) -> None:
    result = execute("{ later fails now }")
    assert result.data == {"later": "later", "fails": None, "now": "now"}
    assert [(error.path, str(error.original_error)) for error in result.errors] == [(["fails"], "later")]


def test_a_resolver_that_awaits_something_outside_the_loop_is_an_error_instead_of_hanging(execute: Execute) -> None:
    message = "A resolver waits for something outside the BatchLoop."
    if settings.GRAPHQL_EXECUTOR == "standard":
        with pytest.raises(RuntimeError, match=message):
            execute("{ later never }")
    else:
        result = execute("{ later never }")
        assert result.data == {"later": "later", "never": None}
        assert [(error.path, error.message) for error in result.errors] == [(["never"], message)]
    assert execute("{ later }").data == {"later": "later"}


@pytest.mark.parametrize("source", ["{ later needed }", "{ needed later }", "{ fails later needed }"])
def test_an_error_that_nulls_the_data_leaves_no_coroutine_unawaited(source: str, execute: Execute) -> None:
    assert execute(source).data is None
    gc.collect()  # a coroutine that was never awaited warns now, and warnings are errors
    assert execute("{ later }").errors is None


@pytest.mark.parametrize(
    "source",
    [
        "{ nextOpenAppointment { id } clients { nodes { id } } }",
        '{ provider(id: "UHJvdmlkZXI6MQ==") { id } clients { nodes { id } } }',
        '{ nodes(ids: ["UHJvdmlkZXI6MQ=="]) { id } clients { nodes { id } } }',
        """{ providers { nodes { services(first: 1000) { totalCount } openAppointments(
            startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-01-02T00:00:00Z"
        ) { totalCount } } } }""",
    ],
)
def test_a_forbidden_field_leaves_no_coroutine_unawaited(source: str, ask: Ask, practice: Practice) -> None:
    assert ask(source).data is None
    gc.collect()


def test_each_mutation_is_complete_before_the_next_begins(ask: Ask, practice: Practice) -> None:
    answer = ask(
        """mutation($id: ID!) {
            first: updateProvider(input: {providerId: $id, name: "Ann"}) { provider { name services { totalCount } } }
            wrong: updateProvider(input: {providerId: $id, name: ""}) { provider { name } userErrors { code } }
            second: updateProvider(input: {providerId: $id, name: "Anne", serviceIds: []}) {
                provider { name services { totalCount } }
            }
        }""",
        caller=practice.staff,
        id=gid(practice.provider),
    )
    assert answer.data == {
        "first": {"provider": {"name": "Ann", "services": {"totalCount": 1}}},
        "wrong": {"provider": None, "userErrors": [{"code": "INVALID_INPUT"}]},
        "second": {"provider": {"name": "Anne", "services": {"totalCount": 0}}},
    }


def test_the_payload_of_a_mutation_shows_its_change(ask: Ask, practice: Practice) -> None:
    answer = ask(
        """mutation($id: ID!, $reservation: ID!) {
            updateProvider(input: {providerId: $id, name: "Ann"}) { provider { name } }
            confirmReservation(input: {reservationId: $reservation}) {
                reservation { status provider { name } appointments { isOpen reservation { status } } }
            }
        }""",
        caller=practice.staff,
        id=gid(practice.provider),
        reservation=gid(practice.hold),
    )
    booked = {"isOpen": False, "reservation": {"status": "CONFIRMED"}}
    assert answer.data["confirmReservation"]["reservation"] == {
        "status": "CONFIRMED",
        "provider": {"name": "Ann"},
        "appointments": [booked, booked],
    }


# --- Unusual results and callers -----------------------------------------------------------------------------------


class Nothing(graphene.Scalar):
    """A scalar whose values are all serialised as null."""

    serialize = staticmethod(lambda _: None)


class Unusual(graphene.ObjectType):
    generated = graphene.List(graphene.Int)
    no_list = graphene.List(graphene.Int)
    nothing = graphene.Field(Nothing)
    large = graphene.List(graphene.Int)
    infinite = graphene.List(graphene.Float)

    @staticmethod
    def resolve_generated(_root: None, _info: GraphQLResolveInfo) -> Iterator[int]:
        return iter(range(3))

    @staticmethod
    def resolve_no_list(_root: None, _info: GraphQLResolveInfo) -> int:
        return 7

    @staticmethod
    def resolve_large(_root: None, _info: GraphQLResolveInfo) -> list[int]:
        return [1, 2**31]

    @staticmethod
    def resolve_infinite(_root: None, _info: GraphQLResolveInfo) -> list[float]:
        return [1.0, inf]

    @staticmethod
    def resolve_nothing(_root: None, _info: GraphQLResolveInfo) -> str:
        return "something"


UNUSUAL = graphene.Schema(query=Unusual).graphql_schema


def test_results_that_have_not_the_type_of_their_field_are_errors() -> None:
    result = execute_document(UNUSUAL, parse("{ generated noList nothing }"), context=Context(now=NOW))
    assert result.data == {"generated": [0, 1, 2], "noList": None, "nothing": None}
    assert [error.path for error in result.errors] == [["noList"], ["nothing"]]
    assert result.errors[0].message == "Expected Iterable, but did not find one for field 'Unusual.noList'."


def test_a_number_that_json_or_graphql_does_not_have_is_an_error_and_those_beside_it_are_not() -> None:
    result = execute_document(UNUSUAL, parse("{ large infinite }"), context=Context(now=NOW))
    assert result.data == {"large": [1, None], "infinite": [1.0, None]}
    assert [error.path for error in result.errors] == [["large", 1], ["infinite", 1]]
