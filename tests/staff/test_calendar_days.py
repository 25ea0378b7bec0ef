"""Days have 23 to 25 hours, and every quarter hour has one row."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reservation.policy import Policy
from reservation.time_zones import time_zone_names
from staff.calendar.days import CalendarDay, CalendarRows, week_of
from staff.dates import FIRST_DATE, LAST_DATE

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
SPRING, AUTUMN = date(2030, 3, 31), date(2030, 10, 27)


def labels(rows: CalendarRows, first: int, last: int) -> list[str]:
    return [" ".join(label).strip() for label in rows.labels[first:last]]


def test_an_ordinary_day_has_a_row_for_each_quarter_hour() -> None:
    day = CalendarDay(date(2030, 1, 1), BERLIN)
    rows = CalendarRows([day])
    assert (day.starts_at, day.ends_at - day.starts_at) == (datetime(2029, 12, 31, 23, tzinfo=UTC), timedelta(days=1))
    assert (len(rows.labels), labels(rows, 0, 5)) == (96, ["00:00", "00:15", "00:30", "00:45", "01:00"])
    assert [rows.number(day, start) for start in day.starts] == list(range(96))


def test_a_day_in_spring_has_23_hours_and_none_at_two() -> None:
    day = CalendarDay(SPRING, BERLIN)
    rows = CalendarRows([day])
    assert day.ends_at - day.starts_at == timedelta(hours=23)
    assert labels(rows, 7, 9) == ["01:45", "03:00"]
    assert len(rows.labels) == 92


def test_a_day_in_autumn_has_25_hours_and_two_at_two() -> None:
    day = CalendarDay(AUTUMN, BERLIN)
    rows = CalendarRows([day])
    assert day.ends_at - day.starts_at == timedelta(hours=25)
    assert labels(rows, 7, 13) == ["01:45", "02:00 CEST", "02:15 CEST", "02:30 CEST", "02:45 CEST", "02:00 CET"]
    assert labels(rows, 15, 17) == ["02:45 CET", "03:00"]
    assert [rows.number(day, start) for start in day.starts] == list(range(100))


@pytest.mark.parametrize(("changing", "longest", "missing"), [(SPRING, 96, 4), (AUTUMN, 100, 0)])
def test_in_a_week_that_changes_clocks_an_hour_has_the_same_row_every_day(
    changing: date, longest: int, missing: int
) -> None:
    days = week_of(changing, BERLIN)
    rows = CalendarRows(days)
    assert [day.date for day in days] == [changing - timedelta(days=6 - number) for number in range(7)]
    assert len(rows.labels) == longest
    nines = {rows.number(day, datetime(*day.date.timetuple()[:3], 9, tzinfo=BERLIN)) for day in days}
    assert len(nines) == 1
    assert len(rows.missing(days[-1])) == missing
    assert {len(rows.missing(day)) for day in days[:-1]} == {longest - 96}
    if missing:
        assert [rows.labels[row][0] for row in rows.missing(days[-1])] == ["02:00", "02:15", "02:30", "02:45"]


def test_where_midnight_is_skipped_the_day_begins_at_one() -> None:
    day = CalendarDay(date(2024, 4, 26), ZoneInfo("Africa/Cairo"))
    assert (day.ends_at - day.starts_at, CalendarRows([day]).labels[0]) == (timedelta(hours=23), ("01:00", ""))


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"])
def test_every_quarter_hour_of_a_year_belongs_to_one_day_and_one_row(zone: str) -> None:
    first = date(2029, 12, 30)
    days = [CalendarDay(first + timedelta(days=number), ZoneInfo(zone)) for number in range(370)]
    starts = [start for day in days for start in day.starts]
    assert starts == [starts[0] + timedelta(minutes=15 * number) for number in range(len(starts))]
    assert all(len({day.key(start) for start in day.starts}) == len(day.starts) for day in days)


def test_the_rows_that_are_shown_are_the_whole_hours_that_are_used() -> None:
    rows = CalendarRows([CalendarDay(date(2030, 1, 1), UTC_ZONE)])
    assert rows.shown([37, 50]) == (36, 52)
    assert rows.shown([0, 95]) == (0, 96)
    assert rows.shown([]) == (36, 68)


def test_an_instant_has_a_position_on_its_day_only() -> None:
    day = CalendarDay(date(2030, 1, 1), UTC_ZONE)
    rows = CalendarRows([day])
    assert rows.position(day, datetime(2030, 1, 1, 9, 20, tzinfo=UTC)) == pytest.approx(37 + 1 / 3)
    assert rows.position(day, datetime(2030, 1, 2, tzinfo=UTC)) is None


def test_a_date_that_a_zone_skipped_has_no_rows() -> None:
    day = CalendarDay(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
    assert (day.starts_at, CalendarRows([day]).labels, CalendarRows([day]).shown([])) == (day.ends_at, [], (0, 0))


def test_an_appointment_of_a_former_length_has_a_row(settings: Any) -> None:
    settings.RESERVATION_POLICY = Policy(appointment_length=timedelta(hours=1))
    day = CalendarDay(date(2030, 1, 1), ZoneInfo("Asia/Kolkata"))
    rows = CalendarRows([day])
    assert (rows.labels[0], rows.labels[-1]) == (("00:30", ""), ("23:30", ""))
    assert [rows.number(day, day.starts_at + timedelta(minutes=minutes)) for minutes in (0, 30, 75, 90)] == [0, 0, 0, 1]
    assert rows.shown([]) == (9, 17)


@cache
def weeks_with_a_change() -> list[tuple[ZoneInfo, date]]:
    """Each Monday from 2026 to 2028 in whose week a clock changes, with its zone; zones with equal offsets once."""
    first = date(2025, 12, 29)
    midnights = [datetime(2025, 12, 29, tzinfo=UTC) + timedelta(days=number) for number in range(7 * 158 + 1)]
    found = {}
    for name in sorted(time_zone_names()):
        zone = ZoneInfo(name)
        offsets = tuple(midnight.astimezone(zone).utcoffset() for midnight in midnights)
        changes = {number // 7 for number in range(7 * 158) if offsets[number] != offsets[number + 1]}
        # A change of the last hours of a Sunday in UTC is one of the next week's Monday east of it.
        weeks = {week + step for week in changes for step in (-1, 0, 1)} if changes else {0}
        found[offsets] = [(zone, first + timedelta(weeks=week)) for week in sorted(weeks)]
    return [week for weeks in found.values() for week in weeks]


@pytest.mark.parametrize("minutes_", [15, 20, 30, 60])
@pytest.mark.no_cover  # long, and others execute the same
def test_every_week_of_every_zone_has_a_row_for_each_start_in_order(minutes_: int, settings: Any) -> None:
    settings.RESERVATION_POLICY = Policy(appointment_length=timedelta(minutes=minutes_))
    weeks = weeks_with_a_change()
    assert len(weeks) > 300
    changes = 0
    for zone, monday in weeks:
        days = week_of(monday, zone)
        rows = CalendarRows(days)
        assert len(set(map(tuple, rows.labels))) == len(rows.labels), (zone, monday)
        changes += any(len(rows.missing(day)) for day in days)
        for day in days:
            numbers = [rows.number(day, start) for start in day.starts]
            assert numbers == sorted(set(numbers)), (zone, day.date)
            clocks = [rows.labels[number][0] for number in numbers]
            assert clocks == [f"{start.astimezone(zone):%H:%M}" for start in day.starts], (zone, day.date)
    assert changes > 100


@pytest.mark.parametrize(
    ("monday", "minutes_", "shown"),
    [
        # By its clock, the hours of UTC begin at full hours in summer and at half hours in winter.
        (date(2027, 3, 29), 60, ["00:00", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
        (date(2027, 9, 27), 60, ["00:30", "01:30", "02:30", "03:00", "03:30", "04:00", "04:30"]),
    ],
)
def test_a_week_with_a_change_of_half_an_hour_has_rows_for_both_halves(
    monday: date, minutes_: int, shown: list[str], settings: Any
) -> None:
    settings.RESERVATION_POLICY = Policy(appointment_length=timedelta(minutes=minutes_))
    rows = CalendarRows(week_of(monday, ZoneInfo("Australia/Lord_Howe")))
    assert labels(rows, 0, 7) == shown


@pytest.mark.parametrize("edge", [FIRST_DATE, LAST_DATE])
def test_the_weeks_around_the_first_and_the_last_date_exist_in_every_zone(edge: date) -> None:
    for name in time_zone_names():
        days = week_of(edge, ZoneInfo(name))
        assert (days[0].starts_at < days[-1].ends_at, days[0].date - timedelta(days=7)) == (
            True,
            days[-1].date - timedelta(days=13),
        )
