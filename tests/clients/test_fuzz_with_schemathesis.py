"""schemathesis sends what the schema allows: whatever it is, it is answered, and as the schema says."""

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
OURS = {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"}

known_ids: list[str] = []
"""What is there: an id that somebody makes up finds nothing."""


def quarter_hour(number: int) -> datetime:
    """From midnight on: where the calendars are."""
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
    """Send many documents for every field of Query and Mutation, and count what was answered: codes, or OK."""
    service = make_service()
    hold = make_hold(service=service, starts_at=quarter_hour(96 * 8), now=timezone.now())
    known_ids[:] = [gid(one) for one in (service, hold, *Provider.objects.all(), *Client.objects.all())]
    known_ids.extend(gid(one) for one in Appointment.objects.all())

    def fuzz(**headers: str) -> Counter[str]:
        told: Counter[str] = Counter()
        for found in schemathesis.graphql.from_url(server.graphql).get_all_operations():

            @FUZZ
            @given(case=found.ok().as_strategy())
            def send(case: Any) -> None:
                response = case.call(headers=headers, timeout=TIMEOUT_SECONDS)
                assert response.status_code < 500
                told.update(check(case.body, response.json()))

            send()
        return told

    return fuzz


def check(source: str, answer: Any) -> set[str]:
    """What an answer tells: OK, or the codes of its errors. It is what GraphQL and the schema say."""
    assert answer.keys() <= {"data", "errors", "extensions"}
    if "errors" in answer:
        assert answer["errors"]
        assert all(isinstance(error["message"], str) for error in answer["errors"])
    else:
        assert answer["data"] is not None
    if answer.get("data") is not None:
        assert flaws(schema, parse(source), answer["data"]) == []
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert not codes & OURS
    return codes or {"OK"}


def test_whatever_nobody_sends_is_answered_as_the_schema_says(fuzz: Callable[..., Counter[str]]) -> None:
    told = fuzz()
    assert told["OK"] > 150
    assert told["UNAUTHENTICATED"] > 10


def test_whatever_staff_sends_is_answered_as_the_schema_says(fuzz: Callable[..., Counter[str]]) -> None:
    told = fuzz(Authorization=f"Bearer {access_token(make_user(is_staff=True))}")
    assert told["OK"] > 200
    assert "FORBIDDEN" not in told
