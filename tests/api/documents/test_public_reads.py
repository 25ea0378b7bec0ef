"""What everybody is told alike is kept, and what is personal never is: over the whole schema, whoever asks."""

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
from tests.api.test_permissions import WAYS, own_fields, selected, written
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
    """Looks at every field as graphql-core sees it, and finds those that not everybody may know of."""

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
    """Of the first operation."""
    types = TypeInfo(schema)
    found = Fields(types)
    [asked, *_] = separate_operations(parse(source)).values()
    visit(asked, TypeInfoVisitor(types, found))
    return not found.personal


@pytest.fixture
def people(rows: str) -> Practice:
    """A practice of people who may ask, where answers are kept."""
    return make_practice()


@pytest.fixture
def written_keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of all that is written among the answers."""
    keys: list[str] = []

    def noting(name: str) -> None:
        write = getattr(Memcached, name)

        def note(self: Memcached, key: Any, *arguments: Any, **options: Any) -> Any:
            if self.key_prefix == responses.CACHE:
                keys.extend([key] if isinstance(key, str) else key)
            return write(self, key, *arguments, **options)

        monkeypatch.setattr(Memcached, name, note)

    for name in ("set", "add", "set_many"):
        noting(name)
    return keys


def documents(practice: Practice) -> Iterator[str]:
    """Every field of every type, by every way that there is to it, and every field of Query."""
    for type_name, ways in WAYS.items():
        fields = [selected(field, served) for name, field, served in own_fields() if name == type_name]
        for way in ways:
            yield from (written(way, type_name, field, practice) for field in fields)
    yield from ROOTS["public"] + ROOTS["personal"]
    viewers = [selected(field, served) for name, field, served in own_fields() if name == "Viewer"]
    yield from (f"{{ viewer {{ {field} }} }}" for field in viewers)


def test_what_is_public_is_kept_and_what_is_personal_never_is(
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
        # As the client to whom all that is personal belongs, and as nobody
        person = "client"
        posted = post({"query": source, **operation}, Authorization="Bearer x")
        got = client.get("/graphql/", {"query": source, **operation}, headers={"Authorization": "Bearer x"})
        assert (posted["Cache-Control"], got["Cache-Control"]) == ("no-store", "no-store")
        person = "nobody"
        anonymous = client.get("/graphql/", {"query": source, **operation})
        assert anonymous["Cache-Control"].startswith("public") is public, source
        assert ("ETag" in anonymous) is public
        assert any(not key.startswith("claim:") for key in written_keys) is public, source
        assert bool(written_keys) is public
        if public:
            assert posted.content == got.content == anonymous.content
        count[public] += 1
    assert min(count.values()) > 50


def test_what_is_public_is_the_same_for_everybody(
    people: Practice, post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GRAPHQL_RESPONSE_CACHE_SECONDS = 0  # each is answered for itself
    callers = {person: people.who(person) for person in PEOPLE}
    for source in filter(is_public, documents(people)):
        told = set()
        for one in callers.values():
            monkeypatch.setattr("api.views.read_caller", lambda _, one=one: one)
            told.add(post({"query": source}).content)
        assert len(told) == 1, source


def test_no_change_is_kept(people: Practice, post: Post, written_keys: list[str]) -> None:
    for mutation in schema.mutation_type.fields:  # type: ignore[union-attr]
        source = document_of(mutation, "__typename")
        assert parse_document(schema, source).operation(None).public_reads is None
        assert post({"query": source, "variables": {"input": {}}})["Cache-Control"] == "no-store"
    assert written_keys == []


def test_an_operation_that_the_schema_has_not_is_refused_beside_one_that_everybody_may_ask(post: Post) -> None:
    for source in ("{ __typename } subscription B { a }", "subscription B { a } query A { __typename }"):
        (error,) = post({"query": source, "operationName": "A"}).json()["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("type_name", sorted({name for name, _, _ in own_fields()}))
def test_a_type_of_people_is_personal_as_a_whole(type_name: str) -> None:
    """So that a look at the table tells that the documents above are told apart by what matters."""
    fields = [field for name, field, _ in own_fields() if name == type_name]
    if type_name in PERSONAL_TYPES or type_name.endswith("Payload") or type_name.startswith(("Client", "Reservation")):
        assert not any(audience(type_name, field) is EVERYBODY for field in fields)
