"""An instant is shown by one module, and can be told from every other instant wherever clocks change."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import settings

from reservation.instants import DASH, clock, comes_twice, in_zone, moment, period, span, zone_label
from reservation.time_zones import time_zone_names

NEW_YORK, LORD_HOWE, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Tokyo")
CHANGE = datetime(2027, 11, 7, 6, tzinfo=UTC)
"""Clocks in New York are set back from 2:00 EDT to 1:00 EST."""

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
ROOM = Path("reservation", "instants.py")
PACKAGES = ("accounts", "api", "cache", "database", "ops", "reservation", "settings", "staff", "web")


def test_a_full_date_says_its_zone() -> None:
    noon = datetime(2026, 11, 30, 3, tzinfo=UTC)
    assert moment(noon, LORD_HOWE) == "Mon 30 Nov 2026, 14:00 UTC+11"
    assert moment(noon, ZoneInfo("Europe/Berlin")) == "Mon 30 Nov 2026, 04:00 CET"
    assert moment(noon, ZoneInfo("Asia/Kathmandu")) == "Mon 30 Nov 2026, 08:45 UTC+05:45"
    assert moment(noon, UTC) == moment(noon, ZoneInfo("UTC")) == "Mon 30 Nov 2026, 03:00 UTC"
    assert period(noon, noon + HOUR, TOKYO) == f"Mon 30 Nov 2026, 12:00{DASH}13:00 JST"


def test_a_time_alone_says_its_zone_where_it_comes_twice() -> None:
    times = [clock(CHANGE + number * HOUR, NEW_YORK) for number in range(-2, 3)]
    assert times == ["00:00", "01:00 EDT", "01:00 EST", "02:00", "03:00"]
    assert span(CHANGE - HOUR, CHANGE + HOUR / 2, NEW_YORK) == f"01:00 EDT{DASH}01:30 EST"
    assert span(CHANGE - 2 * HOUR, CHANGE + HOUR, NEW_YORK) == f"00:00{DASH}02:00"
    assert period(CHANGE - HOUR, CHANGE + HOUR / 2, NEW_YORK) == f"Sun 7 Nov 2027, 01:00 EDT{DASH}01:30 EST"
    assert period(CHANGE + HOUR, CHANGE + 2 * HOUR, NEW_YORK) == f"Sun 7 Nov 2027, 02:00{DASH}03:00 EST"


@pytest.mark.no_cover  # long, and others execute the same
def test_no_two_instants_of_a_day_look_alike_in_any_zone() -> None:
    """On every day from 2026 to 2028 on which clocks are set back, in every zone."""
    found = 0
    for name in sorted(time_zone_names()):
        zone = ZoneInfo(name)
        noons = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in range(3 * 365)]
        offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
        for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False):
            assert before is not None
            assert after is not None
            if after < before:
                instants = [noon - timedelta(days=1) + number * QUARTER for number in range(96)]
                assert any(comes_twice(instant.astimezone(zone)) for instant in instants)
                assert len({(instant.astimezone(zone).date(), clock(instant, zone)) for instant in instants}) == 96
                assert len({moment(instant, zone) for instant in instants}) == 96
                found += 1
    assert found > 300


@pytest.mark.parametrize(("year", "zone"), [(9999, LORD_HOWE), (9999, TOKYO), (1, NEW_YORK)])
def test_an_instant_outside_the_years_of_a_zone_is_shown_in_utc(year: int, zone: ZoneInfo) -> None:
    edge = datetime(9999, 12, 31, 22, tzinfo=UTC) if year == 9999 else datetime(1, 1, 1, 2, tzinfo=UTC)
    assert in_zone(edge, zone) == edge
    assert zone_label(in_zone(edge, zone)) == "UTC"
    assert clock(edge, zone).endswith(" UTC")
    assert moment(edge, zone).endswith(f"{year}, {edge:%H:%M} UTC")


def test_nothing_else_of_the_product_writes_a_time_of_day() -> None:
    """A time that is written elsewhere would lack its zone, or be in another one than the time beside it."""
    python = [
        path
        for package in PACKAGES
        for path in (settings.BASE_DIR / package).rglob("*.py")
        if path != settings.BASE_DIR / ROOM and "migrations" not in path.parts
    ]
    templates = [path for package in PACKAGES for path in (settings.BASE_DIR / package).rglob("templates/**/*.html")]
    assert len(python) > 150
    assert len(templates) > 20
    writes = re.compile(r"%[HIMXc]\b|%-?[HI]:")
    filters = re.compile(r"\|\s*(date|time|naturaltime|timesince|timeuntil|localtime)\b")
    found = [str(path) for path in python if writes.search(path.read_text(encoding="utf-8"))]
    found += [str(path) for path in templates if filters.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_model_has_a_time_in_its_name() -> None:
    edge = datetime(2026, 11, 30, 3, 45, tzinfo=UTC)
    for model in apps.get_app_config("reservation").get_models():
        instants = {field.name: edge for field in model._meta.fields if field.get_internal_type() == "DateTimeField"}
        row = model(pk=17, **instants)
        for field in model._meta.fields:
            if field.name == "kind":
                row.kind = "CONFIRMED"
        assert not re.search(r"\d\d:\d\d|2026", str(row)), model
