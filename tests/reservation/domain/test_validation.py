"""62 days are 62 days of the caller's clock, which are an hour longer where clocks are set back meanwhile."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from reservation.domain.errors import InvalidInput
from reservation.domain.validation import check_interval
from reservation.time_zones import changing_zones, greatest_set_back, time_zone_names
from tests.factories import minutes


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@pytest.mark.no_cover  # long, and others execute the same
def test_62_local_days_are_accepted_at_every_change_of_clocks_in_every_zone() -> None:
    """The days around each change from 2026 to 2030 begin or end an interval of 62 days, or are in it."""
    first = date(2026, 1, 1)
    longer = shorter = 0
    for name in sorted(time_zone_names()):
        zone = ZoneInfo(name)
        starts = [midnight(first + timedelta(days=number), zone) for number in range(0, 5 * 365, 7)]
        for number, starts_at in enumerate(starts):
            ends_at = midnight(first + timedelta(days=7 * number + 62), zone)
            length = ends_at - starts_at
            check_interval(starts_at=starts_at, ends_at=ends_at)
            longer += length > timedelta(days=62)
            shorter += length < timedelta(days=62)
    assert longer > 1000
    assert shorter > 1000


@pytest.mark.parametrize(
    ("zone", "first", "set_back"),
    [
        ("America/New_York", date(2027, 10, 1), minutes(120)),  # Antarctica/Troll changes meanwhile, by two hours
        ("America/New_York", date(2027, 11, 2), minutes(60)),  # after Europe
        ("Australia/Lord_Howe", date(2027, 3, 29), minutes(60)),
        ("Europe/Berlin", date(2027, 1, 4), minutes(0)),  # nowhere
    ],
)
def test_an_interval_is_longer_by_no_more_than_clocks_are_set_back(zone: str, first: date, set_back: timedelta) -> None:
    starts_at = midnight(first, ZoneInfo(zone))
    longest = starts_at + timedelta(days=62)
    assert greatest_set_back(starts_at, longest) == set_back
    check_interval(starts_at=starts_at, ends_at=longest + set_back)
    with pytest.raises(InvalidInput, match="longer than 62 days"):
        check_interval(starts_at=starts_at, ends_at=longest + set_back + minutes(15))


def test_an_endless_interval_is_refused() -> None:
    with pytest.raises(InvalidInput, match="longer than 62 days"):
        check_interval(starts_at=datetime(2026, 1, 1, tzinfo=UTC), ends_at=datetime(9999, 12, 31, 23, tzinfo=UTC))


def test_zones_that_change_alike_are_looked_at_once() -> None:
    assert 20 < len(changing_zones()) < 120
