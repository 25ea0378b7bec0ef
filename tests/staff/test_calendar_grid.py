"""The grid as JSON: the row of each slot in each zone, in a fixed number of statements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from reservation.domain.transition import state_of
from reservation.models import Reservation
from tests.factories import make_appointments, make_booking, make_client, make_hold, make_provider, make_service
from tests.staff.calendar import LOOK, at, make_practice, permit, read, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Browser) -> Browser:
    client.force_login(permit(*LOOK, "change_reservation"))
    return client


def test_a_day_has_a_column_for_each_provider_with_free_slots_and_blocks(browser: Browser) -> None:
    now = timezone.now()
    service = make_service(name="Treatment", duration_minutes=30)
    provider = make_provider(name="Anna", services=(service,))
    hold = make_hold(provider=provider, service=service, client=make_client(name="Cleo"), starts_at=at(0), now=now)
    open_ones = make_appointments(provider, starts_at=at(2), number=2)
    booking = make_booking(provider=provider, client=make_client(name="Dora"), starts_at=at(5), now=now)
    grid = read(browser)
    assert (grid["kind"], grid["view"], grid["date"], grid["zone"]) == ("columns", "day", str(soon().date()), "UTC")
    assert (grid["rows"][grid["first"]], grid["rows"][grid["last"] - 1]) == (["09:00", ""], ["10:45", ""])
    (column,) = grid["columns"]
    assert (column["heading"], column["open"], column["services"], column["now"]) == ("Anna", 2, [service.pk], None)
    assert column["free"] == [[38, open_ones[0].pk, "open", 2], [39, open_ones[1].pk, "open", 1]]
    assert column["blocks"] == [
        {
            "id": hold.pk,
            "as_seen": state_of(hold),
            "first": 36,
            "last": 37,
            "slots": list(hold.appointments.order_by("starts_at").values_list("pk", flat=True)),
            "state": "Held",
            "tone": "warning",
            "sign": "◔",
            "client": "Cleo",
            "service": "Treatment",
            "service_id": service.pk,
            "time": "09:00\N{EN DASH}09:30",
            "lapses": f"{now + timedelta(minutes=30):%H:%M}",
            "is_movable": True,
        },
        {
            "id": booking.pk,
            "as_seen": state_of(booking),
            "first": 41,
            "last": 41,
            "slots": [booking.appointments.get().pk],
            "state": "Confirmed",
            "tone": "info",
            "sign": "●",
            "client": "Dora",
            "service": "",
            "service_id": None,
            "time": "10:15\N{EN DASH}10:30",
            "lapses": None,
            "is_movable": True,
        },
    ]


def test_a_hold_that_has_lapsed_is_free_again(browser: Browser) -> None:
    hold = make_hold(starts_at=at(0), now=timezone.now() - timedelta(minutes=31))
    (column,) = read(browser)["columns"]
    assert (column["free"], column["blocks"]) == ([[36, hold.appointments.get().pk, "open", 1]], [])


def test_a_week_of_one_provider_has_a_column_for_each_day(browser: Browser) -> None:
    provider = make_practice()
    grid = read(browser, view="week", providers=provider.pk)
    monday = soon().date() - timedelta(days=2)
    assert [column["date"] for column in grid["columns"]] == [str(monday + timedelta(days=day)) for day in range(7)]
    assert [len(column["free"]) for column in grid["columns"]] == [0, 0, 8, 0, 0, 0, 0]
    assert (grid["previous"], grid["next"]) == (str(soon().date() - timedelta(7)), str(soon().date() + timedelta(7)))


def test_a_week_of_several_providers_has_the_occupancy_of_each_day(browser: Browser) -> None:
    anna, bela = make_practice(name="Anna"), make_practice(name="Bela")
    make_booking(provider=anna, starts_at=at(8), now=timezone.now())
    grid = read(browser, view="week")
    assert [(week["provider"], week["name"]) for week in grid["weeks"]] == [(anna.pk, "Anna"), (bela.pk, "Bela")]
    assert [day["heading"][:3] for day in grid["days"]] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert grid["weeks"][0]["days"][2] == {"open": 8, "closed": 0, "held": 0, "booked": 1}
    assert grid["weeks"][1]["days"][3] == {"open": 0, "closed": 0, "held": 0, "booked": 0}


@pytest.mark.parametrize(
    ("day", "first_row", "rows", "offset"),
    [
        ((2034, 3, 26), ["01:45", "03:00"], 92, "UTC+01:00 / UTC+02:00"),
        ((2034, 10, 29), ["01:45", "02:00"], 100, "UTC+02:00 / UTC+01:00"),
    ],
)
def test_a_day_on_which_clocks_change(
    day: tuple[int, int, int], first_row: list[str], rows: int, offset: str, browser: Browser
) -> None:
    provider = make_provider(time_zone="Europe/Berlin")
    midnight = datetime(*day, tzinfo=UTC) - timedelta(hours=1 if rows == 92 else 2)
    make_appointments(provider, starts_at=midnight, number=rows + 4)  # an hour of the next day
    grid = read(browser, date="-".join(f"{part:02}" for part in day))
    assert (grid["zone"], grid["offset"], len(grid["rows"])) == ("Europe/Berlin", offset, rows)
    assert [label for label, _ in grid["rows"][7:9]] == first_row
    assert [row for row, *_ in grid["columns"][0]["free"]] == list(range(rows))


def test_a_skipped_date_is_empty(browser: Browser) -> None:
    make_practice(time_zone="Pacific/Apia")
    grid = read(browser, date="2011-12-30")
    assert (grid["rows"], grid["columns"][0]["free"]) == ([], [])


def test_for_providers_in_several_zones_the_zone_is_that_of_staff(browser: Browser, settings: Any) -> None:
    settings.STAFF_TIME_ZONE = "Asia/Kathmandu"
    make_practice(time_zone="Pacific/Apia"), make_practice(time_zone="Europe/Berlin")
    assert read(browser)["zone"] == "Asia/Kathmandu"


def test_the_zone_is_the_common_one_of_the_providers_or_the_chosen_one(browser: Browser) -> None:
    make_practice(name="Anna", time_zone="Asia/Tokyo")
    assert (read(browser)["zone"], read(browser)["offset"]) == ("Asia/Tokyo", "UTC+09:00")
    assert read(browser)["rows"][read(browser)["first"]] == ["18:00", ""]
    make_practice(name="Bela", time_zone="Europe/Lisbon")
    assert read(browser)["zone"] == "UTC"
    assert read(browser, zone="America/New_York")["zone"] == "America/New_York"


def test_which_providers_are_shown(browser: Browser) -> None:
    anna, bela, gone = (
        make_practice(name="Anna"),
        make_practice(name="Bela"),
        make_practice(name="Gone", is_active=False),
    )
    service = anna.services.get(name="Check-up")

    def shown(**query: Any) -> list[str]:
        return [one["name"] for one in read(browser, **query)["shown"]]

    assert shown() == ["Anna", "Bela"]
    assert shown(providers=f"{gone.pk},{bela.pk}") == ["Bela", "Gone"]
    assert shown(service=service.pk) == ["Anna"]
    assert shown(providers=str(bela.pk), service=service.pk) == []


def test_a_page_has_thirty_providers(browser: Browser) -> None:
    for number in range(31):
        make_provider(name=f"Provider {number:02}")
    pages = [read(browser, page=page) for page in (1, 2, 3)]
    assert [(len(page["columns"]), page["has_next"]) for page in pages] == [(30, True), (1, False), (0, False)]
    assert pages[1]["columns"][0]["heading"] == "Provider 30"


@pytest.mark.parametrize(
    "query",
    [
        {"date": "2030-02-30"},
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"view": "year"},
        {"zone": "Mars/Olympus"},
        {"zone": "../../etc/passwd"},
        {"providers": f"{2**63},x,,-1,1e3,²"},
        {"service": "x"},
        {"page": "9" * 30},
        {"providers": "0" * 19 + "1" + "9" * 5000},
        {"service": "0" * 19 + "1" + "9" * 40},
    ],
)
def test_invalid_values_in_the_address_count_as_absent(query: dict[str, str], browser: Browser) -> None:
    make_practice()
    expected, answer = read(browser, **({"date": ""} if "date" in query else {})), read(browser, **query)
    for grid in (expected, answer):
        grid["columns"][0]["now"] = grid["columns"][0]["now"] is None
    assert answer == expected


@pytest.mark.parametrize("query", [{}, {"view": "week"}, {"view": "week", "is_one": True}])
def test_the_number_of_statements_is_fixed(
    query: dict[str, Any], browser: Browser, django_assert_num_queries: Any
) -> None:
    counts = []
    for number in (1, 4):
        providers = [make_practice() for _ in range(number)]
        for provider in providers:
            for place in range(number):
                make_booking(provider=provider, starts_at=at(8 + place), now=timezone.now())
        parameters = {**query, "providers": providers[0].pk} if query.get("is_one") else query
        read(browser, **parameters)
        # The session, the account, its permissions (2), the caller, its permissions; providers, their services;
        # appointments, reservations.
        with django_assert_num_queries(8 if query == {"view": "week"} and number == 4 else 10) as captured:
            read(browser, **parameters)
        counts.append(len(captured))
    assert Reservation.objects.count() == 17
    assert max(counts) == 10


def test_providers_are_found_by_name(browser: Browser) -> None:
    make_practice(name="Anna"), make_practice(name="Hanna", is_active=False), make_practice(name="Bela")
    found = browser.get("/admin/calendar/providers/", {"search": "ann"}).json()["providers"]
    assert [(one["name"], one["is_active"]) for one in found] == [("Anna", True), ("Hanna", False)]


def test_times_to_move_to_are_those_of_the_day_in_the_zone(client: Browser) -> None:
    client.force_login(permit(*LOOK, "change_reservation"))
    provider = make_practice(time_zone="Asia/Tokyo")
    first = provider.appointments.earliest("starts_at")
    hold = make_hold(provider=provider, starts_at=at(8), now=timezone.now())
    path, day = f"/admin/calendar/reservations/{hold.pk}/times/", soon().date().isoformat()
    found = client.get(path, {"providers": provider.pk, "date": day}).json()
    assert found["times"][0] == {"id": first.pk, "label": "18:00"}
    assert [one["label"] for one in found["times"]][-2:] == ["19:30", "19:45"]
    elsewhere = client.get(path, {"providers": provider.pk, "date": day, "zone": "Pacific/Honolulu"}).json()
    assert [one["label"] for one in elsewhere["times"]] == ["00:00", "00:15", "00:30", "00:45"]
    assert client.get(path, {"providers": 10**6}).status_code == 404
