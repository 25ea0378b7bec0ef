"""The bytes of a response: bounded before an operation is executed, and while it is."""

import tracemalloc
from typing import Any

import graphene
import orjson
import pytest
from django.conf import settings
from graphql import get_introspection_query, parse

from api.context import Context
from api.documents import parse_document
from api.execution import ResponseTooLarge, SizeLimit, execute_document, measure
from api.limits.cost import Cost, size_maximum
from api.limits.sizes import require_max_bytes
from api.schema import schema
from reservation.models import Client, Provider, Reservation, Service
from reservation.policy import MAX_NAME_LENGTH, MAX_TEXT_LENGTH
from tests.api.test_views import refusal
from tests.conftest import Post
from tests.factories import NOW
from tests.practice import APPOINTMENT, CLIENT, PROVIDER, RESERVATION, SERVICE, Practice, gid, make_cancelled

LONG_TEXT = "\U0001f363" * MAX_TEXT_LENGTH
"""The longest text of the longest characters: 8,000 bytes."""

LONG_NAME = "\U0001f363" * MAX_NAME_LENGTH
MEBIBYTE = 2**20
WINDOW = 'startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-01-02T00:00:00Z"'

BOTH_EXECUTORS = pytest.mark.parametrize("executor", ["columnar", "standard"])


def cost_of(source: str, **variables: Any) -> Cost:
    return parse_document(schema, source).operation(None).cost(variables)


def notes(*, first: int, aliases: int = 30) -> str:
    """A query that repeats the notes of the viewer's reservations: they are few in the database and in memory, but many
    in the response."""
    texts = " ".join(f"a{number}: note" for number in range(aliases))
    return (
        f"{{ viewer {{ client {{ reservations(first: {first}) {{ nodes {{ client {{ reservations(first: {first}) "
        f"{{ nodes {{ {texts} }} }} }} }} }} }} }} }}"
    )


@pytest.fixture
def client_with_notes(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client who asks, and has 20 reservations with the longest note."""
    make_cancelled(practice.other_client, practice.provider, number=20, note=LONG_TEXT)
    monkeypatch.setattr("api.views.read_caller", lambda _request: practice.who("other client"))
    return practice.other_client


# --- Before the execution --------------------------------------------------------------------------------------------


def test_a_query_whose_response_could_be_far_too_large_is_refused_before_it_is_executed(post: Post) -> None:
    # Without the `db` fixture a database statement is an error.
    response = post({"query": notes(first=20)})
    assert refusal(response) == (200, "QUERY_TOO_COMPLEX")
    [error] = response.json()["errors"]
    size = cost_of(notes(first=20)).size
    assert size > 20 * 20 * 30 * len(LONG_TEXT.encode())
    assert error["message"] == f"The operation can return {size} bytes: 33554432 is the most."
    assert (error["extensions"]["limit"], error["extensions"]["maximum"]) == ("bytes", 32 * MEBIBYTE)
    assert (error["extensions"]["cost"]["bytes"], error["extensions"]["cost"]["byteLimit"]) == (size, 32 * MEBIBYTE)


def test_a_mutation_whose_response_could_be_too_large_is_refused_before_it_changes_anything(
    post: Post, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _request: practice.who("client"))
    texts = " ".join(f"a{number}: note" for number in range(15))
    query = (
        f'mutation {{ cancelReservation(input: {{reservationId: "{gid(practice.booking)}"}}) {{ reservation {{ client '
        f"{{ reservations(first: 50) {{ nodes {{ {texts} }} }} }} }} userErrors {{ code }} }} }}"
    )
    response = post({"query": query})
    assert response.json()["errors"][0]["extensions"]["limit"] == "bytes"
    assert response.json()["errors"][0]["extensions"]["maximum"] == 4 * MEBIBYTE
    practice.booking.refresh_from_db()
    assert practice.booking.status == "CONFIRMED"


@pytest.mark.parametrize(
    ("source", "size"),
    [
        ("{ __typename }", len('{"data":{"__typename":,}}') + 64),
        ("{ viewer { isStaff } }", len('{"data":{"viewer":{"isStaff":false,},}}')),
        ("{ viewer { a_long_alias: isStaff } }", len('{"data":{"viewer":{"a_long_alias":false,},}}')),
        # One more for the comma after each item.
        (
            "{ nodes(ids: [1, 2]) { __typename } }",
            len('{"data":{"nodes":[],}}') + 2 * len('{"__typename":,},') + 2 * 64,
        ),
        ("{ nodes(ids: []) { id } }", len('{"data":{"nodes":[],}}')),
        ("{ viewer { isStaff @skip(if: true) } }", len('{"data":{"viewer":{},}}')),
    ],
)
def test_the_bytes_are_counted(source: str, size: int) -> None:
    assert cost_of(source).size == size


def test_a_list_with_a_typical_number_of_items_counts_with_its_longest() -> None:
    one, all_ = (cost_of(f"{{ reservation(id: 1) {{ {part} }} }}") for part in ("id", "appointments { startsAt }"))
    assert all_.requested == one.requested + 4
    assert all_.size > 32 * len('{"startsAt":"2030-01-01T00:00:00Z"},')


def test_a_text_without_a_size_fails_the_build() -> None:
    class Query(graphene.ObjectType):
        text = graphene.String()

    with pytest.raises(LookupError, match=r"The text Query\.text has no size"):
        require_max_bytes(graphene.Schema(query=Query).graphql_schema)


@pytest.mark.parametrize(
    "source",
    [
        f"{{ reservations(first: 100) {{ totalCount edges {{ cursor }} nodes {{ {RESERVATION} }} }} }}",
        f"{{ providers(first: 100) {{ nodes {{ {PROVIDER} services {{ nodes {{ id name }} }} }} }} }}",
        f"{{ services(first: 100) {{ nodes {{ {SERVICE} providers(first: 20) {{ nodes {{ {PROVIDER} }} }} }} }} }}",
        f"{{ clients(first: 100) {{ nodes {{ {CLIENT} reservations {{ nodes {{ id startsAt note }} }} }} }} }}",
        f"{{ openAppointments(first: 100, filter: {{{WINDOW}}}) {{ nodes {{ {APPOINTMENT} }} }} }}",
        get_introspection_query(input_value_deprecation=True, specified_by_url=True, directive_is_repeatable=True),
        *(path.read_text() for path in sorted((settings.BASE_DIR / "docs" / "examples").glob("*.graphql"))),
        (settings.BASE_DIR / "web" / "static" / "web" / "book" / "operations.graphql").read_text(),
    ],
    ids=lambda source: source[:50],
)
def test_what_clients_request_is_within_the_bound(source: str) -> None:
    for operation in parse_document(schema, source).operations.values():
        cost = operation.cost({"ids": ["1"] * 100, "first": 100, "last": 100})
        assert cost.size <= size_maximum(operation.kind)


# --- While it is executed --------------------------------------------------------------------------------------------


@BOTH_EXECUTORS
def test_a_query_is_stopped_when_its_response_is_too_large(
    executor: str, post: Post, client_with_notes: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    query = notes(first=20, aliases=10)  # 32 MB, of 160 KB of texts
    assert cost_of(query).size < settings.GRAPHQL_MAX_BYTES
    post({"query": query})  # what is cached once is not measured
    tracemalloc.start()
    try:
        response = post({"query": query})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusal(response) == (200, "QUERY_TOO_COMPLEX")
    [error] = response.json()["errors"]
    assert error["message"] == (
        "The response would have more than 4194304 bytes. Request smaller pages, or fewer fields."
    )
    assert (error["extensions"]["limit"], error["extensions"]["maximum"]) == ("responseBytes", 4 * MEBIBYTE)
    assert error["extensions"]["cost"]["bytes"] == cost_of(query).size
    assert peak < 6 * MEBIBYTE
    assert caplog.messages == []


@BOTH_EXECUTORS
def test_a_page_of_100_with_everything_is_served_however_long_its_texts_are(
    executor: str, post: Post, practice: Practice, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    make_cancelled(practice.client, practice.provider, number=98, service=practice.service)
    Reservation.objects.update(note=LONG_TEXT, cancel_reason=LONG_TEXT)
    Provider.objects.update(name=LONG_NAME, bio=LONG_TEXT)
    Service.objects.update(name=LONG_NAME, description=LONG_TEXT)
    Client.objects.update(name=LONG_NAME, phone=LONG_NAME[:40])
    monkeypatch.setattr("api.views.read_caller", lambda _request: practice.staff)
    query = f"{{ reservations(first: 100) {{ edges {{ cursor node {{ {RESERVATION} }} }} }} }}"
    response = post({"query": query})
    assert "errors" not in response.json()
    assert len(response.json()["data"]["reservations"]["edges"]) == 100
    assert 3 * MEBIBYTE < len(response.content) < settings.RESPONSE_MAX_BYTES
    assert len(response.content) <= cost_of(query).size


@BOTH_EXECUTORS
def test_a_long_response_is_served_up_to_the_limit(
    executor: str, post: Post, client_with_notes: Client, settings: Any
) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    query = notes(first=5, aliases=10)
    size = len(post({"query": query}).content)
    assert size > 5 * 5 * 10 * len(LONG_TEXT.encode())
    settings.RESPONSE_MAX_BYTES = size
    assert len(post({"query": query}).content) == size
    settings.RESPONSE_MAX_BYTES = size - 1
    assert post({"query": query}).json()["errors"][0]["extensions"]["limit"] == "responseBytes"


@BOTH_EXECUTORS
def test_what_is_too_large_is_not_executed_further(executor: str, settings: Any) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    read: list[int] = []

    class Part(graphene.ObjectType):
        text = graphene.String()
        part = graphene.Field(lambda: Part)

        @staticmethod
        async def resolve_text(_root: int, _info: Any) -> str:
            read.append(1)
            return "x" * 1000

        @staticmethod
        async def resolve_part(root: int, _info: Any) -> int:
            return root + 1

    class Query(graphene.ObjectType):
        part = graphene.Field(Part)

        @staticmethod
        async def resolve_part(_root: None, _info: Any) -> int:
            return 0

    levels = "part { text " * 20 + "}" * 20
    document = parse(f"{{ {levels} }}")
    context = Context(now=NOW, size_limit=SizeLimit(5500))
    with pytest.raises(ResponseTooLarge):
        execute_document(graphene.Schema(query=Query).graphql_schema, document, context=context)
    assert len(read) == 6


@BOTH_EXECUTORS
def test_errors_count(executor: str, post: Post, settings: Any, db: None) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    alias = "a" * 2000
    body = {"query": f"query($ids: [ID!]!) {{ {alias}: nodes(ids: $ids) {{ id }} }}", "variables": {"ids": ["x"] * 100}}
    settings.RESPONSE_MAX_BYTES = 100_000
    response = post(body)
    assert [error["extensions"]["limit"] for error in response.json()["errors"]] == ["responseBytes"]
    settings.RESPONSE_MAX_BYTES = 1_000_000
    assert len(post(body).json()["errors"]) == 100


VALUES = [
    None,
    True,
    1,
    -1.5,
    "",
    "a",
    'é"\n\x01',
    LONG_TEXT,
    [],
    {},
    [1],
    {"a": None, "bc": [{"d": "e"}, "f"]},
    ["x"] * 9,
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_a_value_is_measured_as_it_is_written(value: Any) -> None:
    size = len(orjson.dumps(value))
    assert measure(value, maximum=size) == size
    with pytest.raises(ResponseTooLarge):
        measure(value, maximum=size - 1)


def test_an_object_that_occurs_often_is_measured_once_and_counted_each_time() -> None:
    value: Any = LONG_TEXT
    for _ in range(50):
        value = [value, value]
    with pytest.raises(ResponseTooLarge):
        measure(value, maximum=2**50)
    assert measure([[LONG_TEXT]] * 1000, maximum=2**30) == len(orjson.dumps([[LONG_TEXT]] * 1000))
