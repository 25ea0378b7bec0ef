"""The home page: its numbers, its statements, and what it shows while Redis is unavailable."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisUnavailable

from ops.metrics import Counts, families, process
from ops.metrics.store import LocalStore
from reservation.domain.reservation import reserve
from reservation.models import Provider
from staff.chart import columns, round_up, spread
from staff.requests import as_milliseconds
from tests.factories import caller, make_appointments, make_client, make_provider, make_user
from tests.groups import VIEWER, make_member

HOME = "/admin/"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def browser(client: Browser, db: None) -> Browser:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> process.Metrics:
    """The counts that the page reads."""
    metrics = process.Metrics(LocalStore())
    monkeypatch.setattr("staff.requests.metrics", lambda: metrics)
    return metrics


def test_it_shows_today_and_this_week_by_state(browser: Browser) -> None:
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    first, *_ = make_appointments(make_provider(name="Anna"), starts_at=start, number=3)
    reserve(caller=caller(make_client(name="Cleo")), appointment_id=first.pk, now=now)
    page = browser.get(HOME)
    today, week = page.context["tallies"]
    assert [one["title"] for one in today["numbers"]] == ["Booked", "Held", "Free", "Cancelled", "No-shows"]
    assert [one["number"] for one in today["numbers"]] == [0, 0, 0, 0, 0]
    # The week may end before that day.
    assert [one["number"] for one in week["numbers"]] in ([0, 1, 2, 0, 0], [0, 0, 0, 0, 0])
    assert "with <bdi>Anna</bdi>" in page.content.decode()
    assert "All times are UTC." in page.content.decode()
    for tally in (today, week):
        for one in tally["numbers"]:
            assert browser.get(one["list"]).context["cl"].result_count == one["number"], one


def test_free_counts_upcoming_slots_of_active_providers_like_its_list(browser: Browser) -> None:
    now = timezone.now()
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    make_appointments(make_provider(), starts_at=this_hour, number=1)
    make_appointments(make_provider(is_active=False), starts_at=this_hour + timedelta(hours=1), number=1)
    for tally in browser.get(HOME).context["tallies"]:
        [free] = [one for one in tally["numbers"] if one["title"] == "Free"]
        assert browser.get(free["list"]).context["cl"].result_count == free["number"] == 0
    assert browser.get("/admin/reservation/appointment/").context["cl"].result_count == 2


@pytest.mark.parametrize("size", [1, 30])
def test_the_number_of_statements_is_fixed(size: int, browser: Browser, django_assert_num_queries: Any) -> None:
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    for slot in make_appointments(make_provider(), starts_at=start, number=size):
        reserve(caller=caller(make_client()), appointment_id=slot.pk, now=now)
    with django_assert_num_queries(16):
        browser.get(HOME)


def test_it_names_what_staff_has_to_look_after(browser: Browser) -> None:
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    provider, client = make_provider(name="Anna"), make_client(name="Cleo")
    assert browser.get(HOME).context["concerns"] == []
    appointment, *_ = make_appointments(provider, starts_at=start)
    reservation = reserve(caller=caller(client), appointment_id=appointment.pk, now=now)
    Provider.objects.update(is_active=False)
    page = browser.get(HOME)
    (concern,) = page.context["concerns"]
    assert (concern["title"], concern["number"]) == ("Reservations with an inactive provider", "1")
    assert [row["reservation"] for row in concern["first"]] == [reservation]
    assert "Move or cancel them, and tell the client." in page.content.decode()


def test_reservations_require_the_permission(client: Browser, db: None) -> None:
    client.force_login(make_member(None))
    page = client.get(HOME)
    assert page.status_code == 200
    assert "tallies" not in page.context
    client.force_login(make_member(VIEWER))
    assert "tallies" in client.get(HOME).context


def test_requests_are_shown_as_a_chart_and_by_operation(browser: Browser, counted: process.Metrics) -> None:
    counts = Counts()
    counts.count(families.GRAPHQL_REQUESTS, "Providers", by=1200)
    counts.count(families.GRAPHQL_ERRORS, "Providers", "NOT_FOUND", by=3)
    counts.observe(families.GRAPHQL_SECONDS, "Providers", seconds=0.1)
    counted.add(counts)
    page = browser.get(HOME)
    hour, day = page.context["windows"]
    assert (hour["requests"], hour["errors"], day["requests"]) == (1200, 3, 1200)
    assert hour["codes"] == [{"code": "NOT_FOUND", "number": 3}]
    [operation] = hour["operations"]
    assert (operation["name"], operation["quantiles"]) == ("other", ["93 ms"] * 3)
    text = page.content.decode()
    assert "<title>" in text
    assert ": 1,200, 3 errors</title>" in text
    counted.add(counts)
    assert browser.get(HOME).context["windows"][0]["requests"] == 1200, "it is cached for some seconds"


def test_it_shows_that_the_counts_are_unavailable(
    browser: Browser, counted: process.Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: Any) -> None:
        raise RedisUnavailable

    monkeypatch.setattr(counted, "history", unavailable)
    assert "Redis is unavailable" in browser.get(HOME).content.decode()


def test_columns_begin_at_the_bottom_and_fit_below_the_top() -> None:
    chart = columns([0, 50, 100, 7], [0, 10, 0, 9], starts=["00:00", "00:15", "00:30", "00:45"])
    assert chart["top"] == 100
    assert [(one["x"], one["y"], one["height"], one["part_height"]) for one in chart["columns"]] == [
        (198.0, 60.0, 60.0, 12.0),
        (378.0, 0.0, 120.0, 0.0),
        (558.0, 111.6, 8.4, 8.4),
    ]
    assert chart["columns"][0]["label"] == "00:15: 50, 10 errors"
    assert columns([0, 0], [0, 0], starts=["a", "b"])["columns"] == []


@pytest.mark.parametrize(("greatest", "top"), [(0, 1), (1, 1), (3, 5), (7, 10), (10, 10), (11, 20), (201, 500)])
def test_an_axis_ends_on_a_round_number(greatest: int, top: int) -> None:
    assert round_up(greatest) == top


def test_durations_have_a_logarithmic_scale() -> None:
    assert spread([0.0005, 0.005, 0.05], longest=0.05) == [0.0, 50.0, 100.0]
    assert spread([None, None, None], longest=0.05) == []
    assert [as_milliseconds(seconds) for seconds in (None, 0.0042, 0.042, 4.2)] == ["-", "4.2 ms", "42 ms", "4,200 ms"]
