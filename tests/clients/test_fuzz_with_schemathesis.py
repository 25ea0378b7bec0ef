"""schemathesis sends documents that the schema allows: every response conforms to it, and none is a server error."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from graphql import parse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from api.schema import schema
from reservation.models import Appointment, Client, Provider
from tests.clients.conforming import flaws
from tests.clients.conftest import Server
from tests.factories import make_hold, make_service, make_user
from tests.practice import gid
from tests.races.conftest import access_token

FUZZ = settings(
    max_examples=20,  # of each field of Query and Mutation
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TIMEOUT_SECONDS = 20
SERVER_ERRORS = {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"}

known_ids: list[str] = []
"""Ids that exist, because a random id would find nothing."""


def quarter_hour(number: int) -> datetime:
    """This many quarter hours after midnight, as appointments start."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(minutes=15 * number)


IDS = st.integers(0, 100).map(lambda number: known_ids[number % len(known_ids)])
INSTANTS = st.integers(0, 96 * 30).map(quarter_hour) | st.datetimes(timezones=st.just(UTC))
ZONES = st.sampled_from(["Europe/Paris", "UTC", "Nowhere/Else", ""])
for name, texts in {
    "ID": IDS | IDS | st.text(max_size=10),
    "DateTime": INSTANTS.map(datetime.isoformat),
    "TimeZone": ZONES,
}.items():
    schemathesis.graphql.scalar(name, texts.map(nodes.String))


@pytest.fixture
def fuzz(server: Server, practice: dict[str, Any]) -> Callable[..., Counter[str]]:
    """Sends many documents for every field of Query and Mutation; returns how often each code occurred, or OK."""
    service = make_service()
    hold = make_hold(service=service, starts_at=quarter_hour(96 * 8), now=timezone.now())
    known_ids[:] = [gid(one) for one in (service, hold, *Provider.objects.all(), *Client.objects.all())]
    known_ids.extend(gid(one) for one in Appointment.objects.all())

    def fuzz(**headers: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        for found in schemathesis.graphql.from_url(server.graphql).get_all_operations():

            @FUZZ
            @given(case=found.ok().as_strategy())
            def send(case: Any) -> None:
                response = case.call(headers=headers, timeout=TIMEOUT_SECONDS)
                assert response.status_code < 500
                counts.update(check(case.body, response.json()))

            send()
        return counts

    return fuzz


def check(source: str, response: Any) -> set[str]:
    """Asserts that a response conforms to GraphQL and the schema. Returns OK, or the codes of its errors."""
    assert response.keys() <= {"data", "errors", "extensions"}
    if "errors" in response:
        assert response["errors"]
        assert all(isinstance(error["message"], str) for error in response["errors"])
    else:
        assert response["data"] is not None
    if response.get("data") is not None:
        assert flaws(schema, parse(source), response["data"]) == []
    codes = {error["extensions"]["code"] for error in response.get("errors", [])}
    assert not codes & SERVER_ERRORS
    return codes or {"OK"}


def test_responses_to_anonymous_callers_conform_to_the_schema(fuzz: Callable[..., Counter[str]]) -> None:
    counts = fuzz()
    assert counts["OK"] > 150
    assert counts["UNAUTHENTICATED"] > 10


def test_responses_to_staff_conform_to_the_schema(fuzz: Callable[..., Counter[str]]) -> None:
    counts = fuzz(Authorization=f"Bearer {access_token(make_user(is_staff=True))}")
    assert counts["OK"] > 200
    assert "FORBIDDEN" not in counts
