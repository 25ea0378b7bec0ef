"""Datetimes are read aware, to the microsecond, and NULL as None."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from database.mysql_datetime import DATETIME
from reservation.models import Reservation
from tests.factories import make_booking

pytestmark = pytest.mark.django_db

INSTANTS = (
    datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    datetime(2030, 1, 2, 3, 4, 5, 600000, tzinfo=UTC),
    datetime(2030, 1, 2, 3, 4, 5, 1, tzinfo=UTC),
    datetime(2030, 1, 2, tzinfo=UTC),
    datetime(1000, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
)


def test_datetimes_are_read_as_they_were_written() -> None:
    booking = make_booking()
    for instant in INSTANTS:
        Reservation.objects.filter(pk=booking.pk).update(created_at=instant)
        read = Reservation.objects.get()
        assert (read.created_at, read.created_at.tzinfo, read.cancelled_at) == (instant, UTC, None)


@pytest.mark.skipif(connection.vendor != "mysql", reason="the driver of MySQL and MariaDB")
@pytest.mark.parametrize("instant", [*INSTANTS, None])
def test_the_fast_parser_returns_the_same_as_the_drivers_parser(instant: datetime | None) -> None:
    from MySQLdb.constants import FIELD_TYPE
    from MySQLdb.converters import conversions

    assert DATETIME == FIELD_TYPE.DATETIME
    text = None if instant is None else instant.replace(tzinfo=None).isoformat(" ")
    with connection.cursor() as cursor:
        for digits in range(7):
            value = f"CAST(%s AS DATETIME({digits}))"
            cursor.execute(f"SELECT {value}, CAST({value} AS CHAR)", [text] * 2)
            read, written = cursor.fetchone()
            assert read == (None if written is None else conversions[FIELD_TYPE.DATETIME](written))
