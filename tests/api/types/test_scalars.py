"""DateTime and TimeZone: strict in what they accept, and always UTC in what they return."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError, parse_value

from api.schema import schema
from api.types.scalars import DateTime, TimeZone, serialize_instants
from reservation.models import Client
from tests.practice import Ask, Practice, gid

INSTANT, ZONE = schema.type_map["DateTime"], schema.type_map["TimeZone"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2030-01-31T09:00:00Z", datetime(2030, 1, 31, 9, tzinfo=UTC)),
        ("2030-01-31T09:00:00z", datetime(2030, 1, 31, 9, tzinfo=UTC)),
        ("2030-01-31t09:00:00Z", datetime(2030, 1, 31, 9, tzinfo=UTC)),
        ("2030-01-31 09:00:00Z", datetime(2030, 1, 31, 9, tzinfo=UTC)),
        ("2030-01-31T09:00:00+01:00", datetime(2030, 1, 31, 8, tzinfo=UTC)),
        ("2030-01-31T09:00:00-05:30", datetime(2030, 1, 31, 14, 30, tzinfo=UTC)),
        ("2030-01-31T09:00:00-00:00", datetime(2030, 1, 31, 9, tzinfo=UTC)),
        ("2030-01-31T09:00:00.5Z", datetime(2030, 1, 31, 9, 0, 0, 500_000, tzinfo=UTC)),
        ("2030-01-31T09:00:00.123456789Z", datetime(2030, 1, 31, 9, 0, 0, 123_456, tzinfo=UTC)),
        ("2028-02-29T00:00:00Z", datetime(2028, 2, 29, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_offset(text: str, instant: datetime) -> None:
    for found in (INSTANT.parse_value(text), INSTANT.parse_literal(parse_value(f'"{text}"'))):
        assert (found, found.tzinfo) == (instant, UTC)


# fmt: off
INVALID_INSTANTS = [
    "", "now", "2030-01-31", "2030-01-31T09:00:00", "2030-01-31T09:00Z", "2030-01-31T09Z", "20300131T090000Z",
    "2030-W05-4T09:00:00Z", "2030-1-31T09:00:00Z", "2030-02-29T00:00:00Z", "2030-13-01T00:00:00Z",
    "2030-01-31T25:00:00Z", "2030-01-31T09:60:00Z", "2030-01-31T09:00:60Z", "2030-01-31T09:00:00+1:00",
    "2030-01-31T09:00:00+0100", "2030-01-31T09:00:00+24:00", "2030-01-31T09:00:00+99:99",
    "2030-01-31T09:00:00 Europe/Paris", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
    "10000-01-01T00:00:00Z", "-2030-01-31T09:00:00Z", "203\u0660-01-31T09:00:00Z", "2030-01-31T09:00:00Z\n",
    " 2030-01-31T09:00:00Z", "\x00", "\ud800", "9" * 60_000,
]
# fmt: on


@pytest.mark.parametrize(
    "wrong",
    [*INVALID_INSTANTS, 1_900_000_000, 1.9e9, True, None, [], {}, ["2030-01-31T09:00:00Z"]],
    ids=lambda wrong: str(wrong)[:30],
)
def test_a_value_that_is_not_an_instant_with_an_offset_is_refused(wrong: Any) -> None:
    with pytest.raises(GraphQLError):
        INSTANT.parse_value(wrong)


@pytest.mark.parametrize("literal", ["5", "1.5", "true", "NOW", '["2030-01-31T09:00:00Z"]', "{a: 1}", '"now"', "$now"])
def test_a_literal_that_is_not_a_valid_string_is_refused(literal: str) -> None:
    for scalar in (INSTANT, ZONE):
        with pytest.raises(GraphQLError):
            scalar.parse_literal(parse_value(literal))


def test_an_instant_is_returned_in_utc() -> None:
    noon = datetime(2030, 1, 31, 12, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert DateTime.serialize(noon) == "2030-01-31T06:15:00Z"
    assert DateTime.serialize(datetime(2030, 1, 31, 9, 0, 0, 1, tzinfo=UTC)) == "2030-01-31T09:00:00.000001Z"


@pytest.mark.parametrize("name", ["UTC", "Europe/Paris", "America/Argentina/Ushuaia", "Asia/Kathmandu"])
def test_a_time_zone_is_an_iana_name(name: str) -> None:
    assert ZONE.parse_value(name) == ZONE.parse_literal(parse_value(f'"{name}"')) == TimeZone.serialize(name) == name


@pytest.mark.parametrize(
    "wrong", ["", "europe/paris", "Mars/Olympus", "UTC+1", "../UTC", "UTC\x00", "\ud800", 1, None, []]
)
def test_an_invalid_time_zone_is_refused(wrong: Any) -> None:
    with pytest.raises(GraphQLError):
        ZONE.parse_value(wrong)


def test_dates_and_times_are_read_and_written_as_iso_8601() -> None:
    day, clock = schema.type_map["Date"], schema.type_map["Time"]
    assert (day.parse_value("2030-01-31"), day.serialize(date(2030, 1, 31))) == (date(2030, 1, 31), "2030-01-31")
    assert (clock.parse_value("09:30"), clock.serialize(time(9, 30))) == (time(9, 30), "09:30:00")
    for scalar, wrong in (
        (day, "31.01.2030"),
        (day, "2030-02-30"),
        (clock, "25:00"),
        (clock, ""),
        (day, 5),
        (clock, 9),
    ):
        with pytest.raises(GraphQLError):
            scalar.parse_value(wrong)


def test_an_instant_means_the_same_at_any_offset(ask: Ask, practice: Practice) -> None:
    document = "query($f: OpenAppointmentFilter!) { openAppointments(filter: $f) { totalCount } }"
    for window in (("2030-01-02T14:00:00Z", "2030-01-02T15:00:00Z"), ("2030-01-02T15:00:00+01:00", "2030-01-02T10:00:00-05:00")):  # fmt: skip # noqa: E501
        answer = ask(document, f=dict(zip(("startsFrom", "startsBefore"), window, strict=True)))
        assert answer.data == {"openAppointments": {"totalCount": 4}}


def test_a_time_zone_is_returned_by_its_name(ask: Ask, practice: Practice) -> None:
    Client.objects.update(time_zone="America/New_York")
    answer = ask("query($id: ID!) { client(id: $id) { timeZone } }", caller=practice.staff, id=gid(practice.client))
    assert answer.data == {"client": {"timeZone": "America/New_York"}}


def test_a_column_of_instants_is_serialised_like_each_of_them() -> None:
    column = [
        datetime(2030, 1, 31, 9, tzinfo=UTC),
        datetime(2030, 1, 31, 9, 0, 0, 500_000, tzinfo=UTC),
        datetime(2030, 1, 31, 9, 0, 0, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    assert serialize_instants(column) == [DateTime.serialize(instant) for instant in column]
    for zone in (timezone(timedelta(hours=1)), None):
        with pytest.raises(ValueError, match="not in UTC"):
            serialize_instants([column[0], column[1].replace(tzinfo=zone)])
