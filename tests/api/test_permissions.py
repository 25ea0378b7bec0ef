"""The table of permissions agrees with the API: every field and every mutation, for every kind of caller."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from api.permissions import EVERYBODY, OWNER, PROVIDER, STAFF, VIEWER, Audience, audience, guard, is_admitted
from api.schema import schema
from reservation.models import Appointment, Client, Reservation
from tests.api.mutation.conftest import document_of
from tests.api.mutation.inputs import valid, when
from tests.factories import NOW
from tests.practice import PEOPLE, Ask, Practice, gid
from tests.rows import all_rows

IS = {"client": OWNER, "provider": PROVIDER, "staff": STAFF}
"""The relation of each of PEOPLE to Cleo and to her reservations; the others have none."""

ARGUMENTS = {
    "openAppointments": '(startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-02-01T00:00:00Z")',
}

WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    # Queries that reach an object of this type, and who may: ID stands for its own id, and {} for the selected fields.
    "Provider": {
        "{{ provider(id: ID) {{ {} }} }}": PEOPLE,
        "{{ node(id: ID) {{ ... on Provider {{ {} }} }} }}": PEOPLE,
        "{{ nodes(ids: [ID]) {{ ... on Provider {{ {} }} }} }}": PEOPLE,
        "{{ providers {{ nodes {{ {} }} }} }}": PEOPLE,
        "{{ services {{ nodes {{ providers {{ edges {{ node {{ {} }} }} }} }} }} }}": PEOPLE,
        "{{ appointment(id: HELD) {{ provider {{ {} }} }} }}": PEOPLE,
        "{{ reservations {{ nodes {{ provider {{ {} }} }} }} }}": ("client", "provider", "staff"),
        "{{ viewer {{ provider {{ {} }} }} }}": ("provider",),
    },
    "Service": {
        "{{ service(id: ID) {{ {} }} }}": PEOPLE,
        "{{ node(id: ID) {{ ... on Service {{ {} }} }} }}": PEOPLE,
        "{{ services {{ edges {{ node {{ {} }} }} }} }}": PEOPLE,
        "{{ providers {{ nodes {{ services {{ nodes {{ {} }} }} }} }} }}": PEOPLE,
        "{{ reservations {{ nodes {{ service {{ {} }} }} }} }}": ("client", "provider", "staff"),
    },
    "Appointment": {
        "{{ appointment(id: ID) {{ {} }} }}": PEOPLE,
        "{{ node(id: ID) {{ ... on Appointment {{ {} }} }} }}": PEOPLE,
        "{{ nodes(ids: [ID]) {{ ... on Appointment {{ {} }} }} }}": PEOPLE,
        "{{ reservation(id: BOOKING) {{ appointments {{ {} }} }} }}": ("client", "provider", "staff"),
    },
    "Client": {
        "{{ client(id: ID) {{ {} }} }}": PEOPLE,
        "{{ node(id: ID) {{ ... on Client {{ {} }} }} }}": PEOPLE,
        "{{ nodes(ids: [ID]) {{ ... on Client {{ {} }} }} }}": PEOPLE,
        "{{ clients {{ nodes {{ {} }} }} }}": ("staff",),
        '{{ clients(filter: {{search: "cleo"}}) {{ edges {{ node {{ {} }} }} }} }}': ("staff",),
        "{{ viewer {{ client {{ {} }} }} }}": ("client",),
        "{{ reservation(id: BOOKING) {{ client {{ {} }} }} }}": PEOPLE,
        "{{ reservations {{ nodes {{ client {{ {} }} }} }} }}": PEOPLE,
        "{{ appointment(id: HELD) {{ reservation {{ client {{ {} }} }} }} }}": PEOPLE,
        "{{ node(id: HELD) {{ ... on Appointment {{ reservation {{ client {{ {} }} }} }} }} }}": PEOPLE,
    },
    "Reservation": {
        "{{ reservation(id: ID) {{ {} }} }}": PEOPLE,
        "{{ node(id: ID) {{ ... on Reservation {{ {} }} }} }}": PEOPLE,
        "{{ nodes(ids: [ID]) {{ ... on Reservation {{ {} }} }} }}": PEOPLE,
        "{{ reservations {{ nodes {{ {} }} }} }}": PEOPLE,
        "{{ reservations(orderBy: {{field: CREATED_AT, direction: DESC}}) {{ edges {{ node {{ {} }} }} }} }}": PEOPLE,
        "{{ reservations(last: 9, filter: {{clientId: CLIENT}}) {{ nodes {{ {} }} }} }}": PEOPLE,
        "{{ reservations(filter: {{providerId: PROVIDER, status: [CONFIRMED]}}) {{ nodes {{ {} }} }} }}": PEOPLE,
        "{{ client(id: CLIENT) {{ reservations {{ nodes {{ {} }} }} }} }}": PEOPLE,
        "{{ viewer {{ client {{ reservations {{ nodes {{ {} }} }} }} }} }}": ("client",),
        "{{ appointment(id: BOOKED) {{ reservation {{ {} }} }} }}": PEOPLE,
        "{{ nodes(ids: [BOOKED]) {{ ... on Appointment {{ reservation {{ {} }} }} }} }}": PEOPLE,
    },
}


def own_fields() -> Iterator[tuple[str, str, GraphQLField]]:
    for name, one in schema.type_map.items():
        if is_object_type(one) and not is_introspection_type(one):
            for field, served in one.fields.items():  # type: ignore[attr-defined]
                yield name, field, served


def is_one_of(allowed: Audience, person: str) -> bool:
    return bool(allowed & (EVERYBODY | VIEWER) or (person in IS and IS[person] in allowed))


def booked(practice: Practice) -> Appointment:
    """The first appointment of Cleo's booking."""
    return next(slot for slot in practice.slots if slot.starts_at == practice.booking.starts_at)


def target(type_name: str, practice: Practice) -> Any:
    """The object of this type that people try to reach: Cleo's own, or one that her booking refers to."""
    return {
        "Provider": practice.provider,
        "Service": practice.service,
        "Appointment": booked(practice),
        "Client": practice.client,
        "Reservation": practice.booking,
    }[type_name]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects that were reached: the innermost ones with the field `reached`."""
    if isinstance(value, dict):
        if "reached" in value:
            yield value
        else:
            for child in value.values():
                yield from objects(child)
    elif isinstance(value, list):
        for child in value:
            yield from objects(child)


def fill(document: str, type_name: str, selection: str, practice: Practice) -> str:
    places = {
        "BOOKING": practice.booking,
        "BOOKED": booked(practice),
        "HELD": practice.slots[0],
        "CLIENT": practice.client,
        "PROVIDER": practice.provider,
        "ID": target(type_name, practice),
    }
    source = document.format(f"reached: id {selection}")
    for place, thing in places.items():
        source = source.replace(f": {place}", f': "{gid(thing)}"').replace(f"[{place}]", f'["{gid(thing)}"]')
    return source


def selected(field: str, served: GraphQLField) -> str:
    """The field as `value`, with a minimal selection."""
    arguments = ARGUMENTS.get(field, "")
    assert bool(arguments) == any(is_required_argument(one) for one in served.args.values())
    below = "" if is_leaf_type(get_named_type(served.type)) else " { __typename }"
    return f"value: {field}{arguments}{below}"


# --- The table ------------------------------------------------------------------------------------------------------


def test_every_field_of_the_schema_has_an_entry() -> None:
    for name, field, _ in own_fields():
        assert audience(name, field)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("id: ID secret: ID", r"PageInfo\.secret has no entry .*: add it to api/permissions\.py"),
        ("id: ID } type Stranger { id: ID", r"Stranger\.id has no entry"),
        ("other: ID", r"has entries for fields that do not exist: PageInfo {'id'}"),
    ],
)
def test_a_field_without_an_entry_or_an_entry_without_a_field_fails_the_build(
    fields: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.permissions.PERMISSIONS", {"Query": {EVERYBODY: "a"}, "PageInfo": {EVERYBODY: "id"}})
    guard(build_schema("type Query { a: Int } type PageInfo { id: ID }"))
    with pytest.raises(LookupError, match=message):
        guard(build_schema(f"type Query {{ a: Int }} type PageInfo {{ {fields} }}"))


# --- Reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("type_name", WAYS)
def test_a_field_is_readable_by_its_audience_only(type_name: str, person: str, ask: Ask, practice: Practice) -> None:
    own = gid(target(type_name, practice))
    for document, reaching in WAYS[type_name].items():
        for _, field, served in (one for one in own_fields() if one[0] == type_name):
            source = fill(document, type_name, selected(field, served), practice)
            answer = ask(source, caller=practice.who(person))
            found = [one for one in objects(answer.data) if one["reached"] == own]
            may = person in reaching and is_one_of(audience(type_name, "id"), person)
            assert (bool(found), answer.errors == [] or not may) == (may, True), source
            if field == "reservation":
                is_visible = is_one_of(audience(type_name, field), person)
                assert [one["value"] is not None for one in found] == [is_visible] * len(found), source


@pytest.mark.parametrize("person", PEOPLE)
def test_a_root_field_is_readable_by_its_audience(person: str, ask: Ask, practice: Practice) -> None:
    for field, document in {
        "clients": "{ clients { totalCount nodes { id } } }",
        "reservations": "{ reservations { totalCount nodes { id } } }",
        "providers": "{ providers { totalCount } }",
        "services": "{ services { totalCount } }",
        "viewer": "{ viewer { email } }",
    }.items():
        answer = ask(document, caller=practice.who(person))
        assert (answer.errors == []) == is_one_of(audience("Query", field), person)
        if field == "clients" and person != "staff":
            assert (answer.data, answer.codes) == (None, ["FORBIDDEN"])
        if field == "reservations":
            assert answer.data["reservations"]["totalCount"] == (2 if person in IS else 0)


def test_fields_of_clients_and_reservations_are_guarded_even_if_a_look_up_is_not(
    ask: Ask, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = lambda _: Reservation.objects.all()  # noqa: E731
    monkeypatch.setattr("api.loaders.reservation.visible_reservations", everything)
    query = "query($id: ID!) { reservation(id: $id) { note } }"
    for person in PEOPLE:
        answer = ask(query, caller=practice.who(person), id=gid(practice.booking))
        assert (answer.codes == ["FORBIDDEN"]) == (person not in IS)
        assert (answer.data["reservation"] is None) == (person not in IS)


@pytest.mark.parametrize("allowed", [OWNER, PROVIDER, STAFF, OWNER | STAFF])
@pytest.mark.parametrize("noun", ["Client", "Reservation"])
def test_only_the_audience_is_admitted_to_an_object(noun: str, allowed: Audience, practice: Practice) -> None:
    thing = target(noun, practice)
    admitted = {person for person in IS if is_admitted(allowed, caller=practice.who(person), thing=thing)}
    assert admitted == {person for person, role in IS.items() if role in allowed}


# --- Changing -------------------------------------------------------------------------------------------------------


def own_input(mutation: str, person: str, practice: Practice) -> dict[str, Any]:
    """An input about Cleo and her provider, so that both are owners of what is changed."""
    given = valid(mutation, practice)
    given |= {"providerId": gid(practice.provider)} if "providerId" in given else {}
    given |= {"clientId": gid(practice.client)} if "clientId" in given else {}
    if mutation == "updateProvider" and person != "staff":
        del given["isActive"], given["serviceIds"]  # only staff may change these
    return given


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("mutation", sorted(schema.mutation_type.fields))  # type: ignore[union-attr]
def test_a_mutation_is_allowed_for_its_audience_only(mutation: str, person: str, ask: Ask, practice: Practice) -> None:
    before = all_rows()
    answer = ask(
        document_of(mutation, "__typename"),
        caller=practice.who(person),
        now=when(mutation),
        input=own_input(mutation, person, practice),
    )
    if person == "nobody":
        assert (answer.data, answer.codes) == ({mutation: None}, ["UNAUTHENTICATED"])
    elif is_one_of(audience("Mutation", mutation), person):
        assert answer.errors == []
        assert answer.data[mutation]["userErrors"] == []
        return
    else:
        assert answer.errors == []
        (error,) = answer.data[mutation]["userErrors"]
        assert error["code"] in ("FORBIDDEN", "NOT_FOUND")
    assert all_rows() == before


OF_A_CLIENT = ["confirmReservation", "cancelReservation", "rescheduleReservation", "updateClient"]


@pytest.mark.parametrize("mutation", OF_A_CLIENT)
def test_another_clients_object_is_refused_with_the_same_message_as_a_missing_one(
    mutation: str, ask: Ask, practice: Practice
) -> None:
    document = document_of(mutation, "__typename").replace("{ code field }", "{ code field message }")
    field = "clientId" if mutation == "updateClient" else "reservationId"
    given = own_input(mutation, "other client", practice)
    missing = Client(pk=10**9) if field == "clientId" else Reservation(pk=10**9)
    of_another, of_missing = (
        ask(document, caller=practice.who("other client"), now=NOW, input={**given, field: one}).data
        for one in (given[field], gid(missing))
    )
    assert of_another == of_missing


@pytest.mark.parametrize("person", ["client", "other client", "provider", "staff"])
def test_the_message_for_a_taken_appointment_does_not_depend_on_its_holder(
    person: str, ask: Ask, practice: Practice
) -> None:
    document = document_of("reserveAppointment").replace("{ code field }", "{ code field message }")
    messages = set()
    for slot in (practice.slots[0], booked(practice)):
        given = {"appointmentId": gid(slot), "clientId": gid(practice.other_client)}
        if person in ("client", "other client"):
            del given["clientId"]
        answer = ask(document, caller=practice.who(person), now=NOW, input=given)
        messages.add(str(answer.data["reserveAppointment"]["userErrors"]))
    assert len(messages) == 1


def test_a_cursor_of_another_callers_list_shows_none_of_its_rows(ask: Ask, practice: Practice) -> None:
    page = "query($after: String) { reservations(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }"
    cursor = ask(page, caller=practice.who("client")).data["reservations"]["pageInfo"]["endCursor"]
    for person in ("nobody", "other client", "other provider"):
        assert ask(page, caller=practice.who(person), after=cursor).data["reservations"]["nodes"] == []
