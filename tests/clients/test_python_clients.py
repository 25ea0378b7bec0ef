"""gql and ariadne-codegen, GraphQL clients for Python, work with the server."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest
import requests
from gql import Client, gql
from gql.client import SyncClientSession
from gql.dsl import DSLField, DSLQuery, DSLSchema, dsl_gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from gql.utilities import update_schema_enum, update_schema_scalar
from graphql import GraphQLError, GraphQLScalarType, lexicographic_sort_schema, print_schema

from api.schema import schema
from reservation.policy import Status
from tests.clients.conftest import EXAMPLES, SCHEMA, Server

TIMEOUT_SECONDS = 60

CODEGEN = """
[tool.ariadne-codegen]
schema_path = "{schema}"
queries_path = "{examples}"
target_package_path = "{folder}"
target_package_name = "appointments_client"
client_name = "AppointmentsClient"
async_client = false

[tool.ariadne-codegen.scalars]
DateTime = {{ type = "datetime.datetime" }}
TimeZone = {{ type = "str" }}
"""


@pytest.fixture
def headers(practice: dict[str, Any]) -> dict[str, str]:
    """Headers that authenticate Cleo."""
    url = f"{practice['server']}/auth/app/v1/auth/login"
    response = requests.post(url, json=practice["credentials"], timeout=TIMEOUT_SECONDS)
    return {"Authorization": f"Bearer {response.json()['meta']['access_token']}"}


@pytest.fixture
def session(server: Server, headers: dict[str, str]) -> Iterator[SyncClientSession]:
    """A session of gql, which has introspected the schema."""
    transport = RequestsHTTPTransport(url=server.graphql, headers=headers, timeout=TIMEOUT_SECONDS)
    client = Client(transport=transport, fetch_schema_from_transport=True, parse_results=True)
    with client as session:
        yield session


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package that ariadne-codegen generates from the schema and the examples."""
    folder = tmp_path_factory.mktemp("ariadne")
    config = folder / "codegen.toml"
    config.write_text(CODEGEN.format(schema=SCHEMA, examples=EXAMPLES[0].parent, folder=folder))
    run = subprocess.run(
        [sys.executable, "-m", "ariadne_codegen", "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield import_module("appointments_client")


# --- gql -----------------------------------------------------------------------------------------------------------


def test_gql_introspects_the_whole_schema(session: SyncClientSession) -> None:
    read = session.client.schema
    assert read is not None
    assert print_schema(lexicographic_sort_schema(read)) == print_schema(lexicographic_sort_schema(schema))


def test_gql_sends_and_reads_instants_and_enums_as_objects(
    session: SyncClientSession, practice: dict[str, Any]
) -> None:
    read = session.client.schema
    assert read is not None
    instant = GraphQLScalarType("DateTime", serialize=datetime.isoformat, parse_value=datetime.fromisoformat)
    update_schema_scalar(read, "DateTime", instant)
    update_schema_enum(read, "ReservationStatus", Status)
    known = DSLSchema(read)
    period = {name: datetime.fromisoformat(text) for name, text in practice["filter"].items()}

    opens: DSLField = known.Query.openAppointments(filter=period, first=1).select(
        known.AppointmentConnection.nodes.select(known.Appointment.id, known.Appointment.startsAt)
    )
    [found] = session.execute(dsl_gql(DSLQuery(opens)))["openAppointments"]["nodes"]
    assert found["startsAt"] == datetime.fromisoformat(practice["starts"][0])

    document = gql((EXAMPLES[0].parent / "reserve-appointment.graphql").read_text())
    document.variable_values = {"input": {"appointmentId": found["id"]}}
    assert session.execute(document)["reserveAppointment"]["reservation"]["status"] is Status.PENDING


def test_gql_validates_by_the_schema_and_raises_the_errors_of_the_server(session: SyncClientSession) -> None:
    with pytest.raises(GraphQLError, match="Cannot query field 'price' on type 'Service'"):
        session.execute(gql("{ services { nodes { price } } }"))
    with pytest.raises(TransportQueryError) as refused:
        session.execute(gql("{ services(first: 1000) { nodes { id } } }"))
    assert refused.value.errors is not None
    assert [error["extensions"]["code"] for error in refused.value.errors] == ["BAD_USER_INPUT"]


# --- ariadne-codegen -----------------------------------------------------------------------------------------------


def test_a_generated_client_reserves_and_confirms(
    generated: Any, server: Server, headers: dict[str, str], practice: dict[str, Any]
) -> None:
    with generated.AppointmentsClient(url=server.graphql, headers=headers) as client:
        period = generated.OpenAppointmentFilter(**practice["filter"])
        [first, *_] = client.open_appointments_query(filter_=period).open_appointments.nodes
        assert first.starts_at == datetime.fromisoformat(practice["starts"][0])

        reserve_input = generated.ReserveAppointmentInput(appointmentId=first.id)
        held = client.reserve_appointment_mutation(reserve_input).reserve_appointment
        assert held.user_errors == []
        again = client.reserve_appointment_mutation(reserve_input).reserve_appointment
        assert [error.code for error in again.user_errors] == [generated.UserErrorCode.APPOINTMENT_TAKEN]

        confirm_input = generated.ConfirmReservationInput(reservationId=held.reservation.id)
        confirmed = client.confirm_reservation_mutation(confirm_input).confirm_reservation.reservation
        assert confirmed.status is generated.ReservationStatus.CONFIRMED
        assert isinstance(confirmed.confirmed_at, datetime)


def test_a_generated_client_raises_the_errors_of_the_server(generated: Any, server: Server) -> None:
    with (
        generated.AppointmentsClient(url=server.graphql) as client,
        pytest.raises(generated.GraphQLClientGraphQLMultiError) as refused,
    ):
        client.services_query(first=1000)
    assert [error.extensions["code"] for error in refused.value.errors] == ["BAD_USER_INPUT"]
