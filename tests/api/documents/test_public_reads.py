"""Responses that are the same for every caller are cached, personal ones never: tested on the whole schema."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_introspection_query,
    is_object_type,
    parse,
    separate_operations,
    visit,
)

from api.documents import parse_document
from api.permissions import EVERYBODY, audience
from api.schema import schema
from cache import responses
from cache.client import Memcached
from tests.api.mutation.conftest import document_of
from tests.api.test_permissions import WAYS, fill, own_fields, selected
from tests.conftest import Post
from tests.practice import PEOPLE, Practice, make_practice

PERSONAL_TYPES = {"Client", "Reservation", "Viewer", "UserError", "Mutation"}
ROOTS = {
    "public": [
        "{ providers { totalCount } }",
        "{ services { totalCount pageInfo { hasNextPage } } }",
        "{ providers { __typename edges { cursor } } }",
        "{ nextOpenAppointment { id } }",
        "{ ... on Query { ...F } } fragment F on Query { providers { totalCount } }",
        "query A { ...F } query B { viewer { isStaff } } fragment F on Query { providers { totalCount } }",
        "{ __typename }",
    ],
    "personal": [
        "{ viewer { isAuthenticated } }",
        "{ viewer { __typename } }",
        "{ clients { totalCount } }",
        "{ reservations { totalCount } }",
        "{ providers { totalCount } viewer { isStaff } }",
        "{ providers { totalCount } ... { ...F } } fragment F on Query { viewer { isStaff } }",
        "query A { viewer { isStaff } } query B { providers { totalCount } }",
        '{ providers { totalCount } __type(name: "Query") { name } }',
        get_introspection_query(),
    ],
}


class Fields(Visitor):
    """Collects the selected fields that are not public, by graphql-core's own TypeInfo."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.personal: set[str] = set()

    def enter_field(self, node: Any, *_: Any) -> None:
        parent, name = self.types.get_parent_type(), node.name.value
        assert parent is not None
        if name == "__typename":
            return
        is_of_schema = name.startswith("__") or parent.name.startswith("__")
        if is_of_schema or not is_object_type(parent) or audience(parent.name, name) is not EVERYBODY:
            self.personal.add(name)


def is_public(source: str) -> bool:
    """Whether the first operation selects public fields only."""
    types = TypeInfo(schema)
    found = Fields(types)
    [operation, *_] = separate_operations(parse(source)).values()
    visit(operation, TypeInfoVisitor(types, found))
    return not found.personal


@pytest.fixture
def people(rows: str) -> Practice:
    """A practice with people of every role, with the response cache on."""
    return make_practice()


@pytest.fixture
def written_keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that are written to the response cache."""
    keys: list[str] = []

    def record_writes(name: str) -> None:
        write = getattr(Memcached, name)

        def record(self: Memcached, key: Any, *arguments: Any, **options: Any) -> Any:
            if self.key_prefix == responses.CACHE:
                keys.extend([key] if isinstance(key, str) else key)
            return write(self, key, *arguments, **options)

        monkeypatch.setattr(Memcached, name, record)

    for name in ("set", "add", "set_many"):
        record_writes(name)
    return keys


def documents(practice: Practice) -> Iterator[str]:
    """Documents with every field of every type, by every path to it, and every field of Query."""
    for type_name, ways in WAYS.items():
        fields = [selected(field, served) for name, field, served in own_fields() if name == type_name]
        for way in ways:
            yield from (fill(way, type_name, field, practice) for field in fields)
    yield from ROOTS["public"] + ROOTS["personal"]
    viewers = [selected(field, served) for name, field, served in own_fields() if name == "Viewer"]
    yield from (f"{{ viewer {{ {field} }} }}" for field in viewers)


def test_public_responses_are_cached_and_personal_ones_never(
    people: Practice, post: Post, client: Any, written_keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = {person: people.who(person) for person in PEOPLE}
    person = "client"
    monkeypatch.setattr("api.views.read_caller", lambda _: callers[person])
    count = {True: 0, False: 0}
    for source in documents(people):
        public = is_public(source)
        operation = {"operationName": "A"} if "query A" in source else {}
        written_keys.clear()
        # As the client whose personal data it is, and anonymously
        person = "client"
        posted = post({"query": source, **operation}, Authorization="Bearer x")
        got = client.get("/graphql/", {"query": source, **operation}, headers={"Authorization": "Bearer x"})
        assert (posted["Cache-Control"], got["Cache-Control"]) == ("no-store", "no-store")
        person = "nobody"
        anonymous = client.get("/graphql/", {"query": source, **operation})
        assert anonymous["Cache-Control"].startswith("public") is public, source
        assert ("ETag" in anonymous) is public
        assert any(not key.startswith("lock:") for key in written_keys) is public, source
        assert bool(written_keys) is public
        if public:
            assert posted.content == got.content == anonymous.content
        count[public] += 1
    assert min(count.values()) > 50


def test_a_public_response_is_the_same_for_every_caller(
    people: Practice, post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GRAPHQL_RESPONSE_CACHE_SECONDS = 0  # so that each response is computed
    callers = {person: people.who(person) for person in PEOPLE}
    for source in filter(is_public, documents(people)):
        responses_seen = set()
        for one in callers.values():
            monkeypatch.setattr("api.views.read_caller", lambda _, one=one: one)
            responses_seen.add(post({"query": source}).content)
        assert len(responses_seen) == 1, source


def test_the_response_of_a_mutation_is_never_cached(people: Practice, post: Post, written_keys: list[str]) -> None:
    for mutation in schema.mutation_type.fields:  # type: ignore[union-attr]
        source = document_of(mutation, "__typename")
        assert parse_document(schema, source).operation(None).public_reads is None
        assert post({"query": source, "variables": {"input": {}}})["Cache-Control"] == "no-store"
    assert written_keys == []


def test_a_subscription_is_refused_even_beside_a_public_query(post: Post) -> None:
    for source in ("{ __typename } subscription B { a }", "subscription B { a } query A { __typename }"):
        (error,) = post({"query": source, "operationName": "A"}).json()["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("type_name", sorted({name for name, _, _ in own_fields()}))
def test_types_of_people_have_no_public_field(type_name: str) -> None:
    """Checks the permissions table itself, which decides above which documents are public."""
    fields = [field for name, field, _ in own_fields() if name == type_name]
    if type_name in PERSONAL_TYPES or type_name.endswith("Payload") or type_name.startswith(("Client", "Reservation")):
        assert not any(audience(type_name, field) is EVERYBODY for field in fields)
