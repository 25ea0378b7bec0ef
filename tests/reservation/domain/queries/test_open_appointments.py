"""Open appointments: those that can be reserved now."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from reservation.domain.errors import InvalidInput
from reservation.domain.queries.open_appointments import OpenAppointments
from reservation.models import Provider, Service
from reservation.policy import Policy
from tests.factories import (
    NOW,
    TOMORROW,
    make_appointments,
    make_booking,
    make_hold,
    make_provider,
    make_service,
    minutes,
)
from tests.rows import refused

pytestmark = pytest.mark.django_db


def starts(now: datetime = NOW, **conditions: object) -> list[int]:
    """The starts of the open appointments, in minutes after TOMORROW."""
    found = OpenAppointments.of(now=now, **conditions).queryset().order_by("starts_at", "pk")  # type: ignore[arg-type]
    return [(appointment.starts_at - TOMORROW) // minutes(1) for appointment in found]


def test_open_appointments_are_free() -> None:
    provider = make_provider()
    make_appointments(provider)
    hold = make_hold(provider=provider, starts_at=TOMORROW + minutes(45))
    make_booking(provider=provider, starts_at=TOMORROW + minutes(60))
    make_appointments(provider, starts_at=TOMORROW + minutes(75))
    assert starts() == [0, 75]
    assert starts(now=hold.expires_at - timedelta(microseconds=1)) == [75]
    assert starts(now=hold.expires_at) == [45, 75]


def test_open_appointments_start_after_the_lead_time(settings: Settings) -> None:
    make_appointments(make_provider(), number=2)
    assert starts(now=NOW) == [0, 15]
    assert starts(now=NOW + timedelta(microseconds=1)) == [15]
    assert starts(now=NOW + minutes(15) + timedelta(microseconds=1)) == []
    settings.RESERVATION_POLICY = Policy(lead_time=timedelta(hours=1))
    assert starts(now=NOW + timedelta(hours=23)) == [0, 15]


def test_open_appointments_lie_in_the_half_open_window() -> None:
    make_appointments(make_provider(), number=4)
    assert starts(starts_from=TOMORROW + minutes(15)) == [15, 30, 45]
    assert starts(starts_before=TOMORROW + minutes(30)) == [0, 15]
    assert starts(starts_from=TOMORROW + minutes(15), starts_before=TOMORROW + minutes(45)) == [15, 30]
    assert starts(starts_from=NOW - timedelta(days=30), starts_before=TOMORROW + minutes(15)) == [0]


@pytest.mark.parametrize("length", [minutes(0), minutes(-1), timedelta(days=62, microseconds=1)])
def test_open_appointments_refuses_a_window_that_does_not_last_or_is_too_long(length: timedelta) -> None:
    with refused(InvalidInput, field="starts_before"):
        OpenAppointments.of(now=NOW, starts_from=TOMORROW, starts_before=TOMORROW + length)


def test_open_appointments_accepts_a_window_of_62_days() -> None:
    make_appointments(make_provider())
    assert starts(starts_from=TOMORROW, starts_before=TOMORROW + timedelta(days=62)) == [0]


def test_open_appointments_of_some_providers() -> None:
    first, second, third = make_provider(), make_provider(), make_provider()
    for place, provider in enumerate((first, second, third)):
        make_appointments(provider, starts_at=TOMORROW + minutes(15 * place))
    assert starts(provider_ids=[first.pk, third.pk]) == [0, 30]
    assert starts(provider_ids=[]) == []
    assert starts() == [0, 15, 30]


def test_open_appointments_are_of_active_providers_alone() -> None:
    make_appointments(make_provider(is_active=False))
    make_appointments(make_provider(), starts_at=TOMORROW + minutes(15))
    assert starts() == [15]


def offering(service: Service) -> Provider:
    return make_provider(services=(service,))


def test_open_appointments_for_a_service_start_a_free_run_of_its_length() -> None:
    service = make_service(duration_minutes=45)
    provider = offering(service)
    make_appointments(provider, number=4)  # 0 to 60
    make_appointments(provider, starts_at=TOMORROW + minutes(75), number=2)  # two are too few
    make_appointments(provider, starts_at=TOMORROW + minutes(120), number=3)
    assert starts(service=service) == [0, 15, 120]
    make_hold(provider=provider, starts_at=TOMORROW + minutes(60))
    assert starts(service=service) == [0, 15, 120]
    assert starts(service=make_service(duration_minutes=45)) == []


def test_a_hold_in_the_way_of_a_run_is_free_when_it_lapses() -> None:
    service = make_service(duration_minutes=45)
    provider = offering(service)
    day_after = TOMORROW + timedelta(days=1)
    make_appointments(provider, starts_at=day_after)
    hold = make_hold(provider=provider, starts_at=day_after + minutes(15))
    make_appointments(provider, starts_at=day_after + minutes(30))
    assert starts(service=service) == []
    assert starts(service=service, now=hold.expires_at) == [24 * 60]


def test_a_run_may_end_after_the_window_but_not_on_another_calendar() -> None:
    service = make_service(duration_minutes=30)
    first, second = offering(service), offering(service)
    make_appointments(first, number=2)
    make_appointments(second, starts_at=TOMORROW + minutes(30))
    assert starts(service=service, starts_before=TOMORROW + minutes(15)) == [0]
    assert starts(service=service) == [0]


def test_open_appointments_for_a_short_service_are_of_the_providers_who_offer_it() -> None:
    service = make_service()
    make_appointments(offering(service), number=2)
    make_appointments(make_provider(), starts_at=TOMORROW + minutes(30))
    assert starts(service=service) == [0, 15]


def test_a_duration_takes_the_place_of_the_services() -> None:
    service = make_service(duration_minutes=60)
    make_appointments(offering(service), number=3)
    make_appointments(make_provider(), starts_at=TOMORROW + minutes(120), number=2)
    assert starts(service=service) == []
    assert starts(service=service, duration=minutes(30)) == [0, 15]
    assert starts(duration=minutes(30)) == [0, 15, 120]
    assert starts(duration=minutes(16)) == starts(duration=minutes(30))
    assert starts(duration=minutes(15)) == [0, 15, 30, 120, 135]
    for conditions in (
        {"duration": minutes(30)},
        {"duration": minutes(30), "service": service},
        {"duration": minutes(9)},
    ):
        found = OpenAppointments.of(now=NOW, **conditions)
        assert found.counted().count() == found.queryset().count()


@pytest.mark.parametrize("duration", [minutes(0), minutes(-15), minutes(481), timedelta(days=999)])
def test_a_duration_that_no_service_may_have_is_refused(duration: timedelta) -> None:
    with refused(InvalidInput, field="duration_minutes"):
        OpenAppointments.of(now=NOW, duration=duration)


def test_a_run_that_would_end_after_the_year_9999_is_not_open() -> None:
    service = make_service(duration_minutes=30)
    make_appointments(offering(service), starts_at=datetime(9999, 12, 31, 23, 30, tzinfo=UTC), number=2)
    assert starts(service=service) == starts(duration=minutes(30)) == []
    assert len(starts()) == 2


def test_nothing_is_open_for_an_inactive_service() -> None:
    service = make_service(is_active=False)
    make_appointments(offering(service))
    assert starts(service=service) == []
    assert starts() == [0]


# --- Counting --------------------------------------------------------------------------------------------------------


def counts(**conditions: object) -> tuple[int, int]:
    """How many are counted, and how many there are."""
    criteria = OpenAppointments.of(now=NOW, **conditions)  # type: ignore[arg-type]
    return criteria.counted().count(), criteria.queryset().count()


@pytest.mark.parametrize("length", [15, 30, 60, 120])
def test_a_count_finds_the_runs_that_a_listing_finds(length: int) -> None:
    service = make_service(duration_minutes=length)
    first, second = (make_provider(services=(service,)) for _ in range(2))
    inactive, other = make_provider(services=(service,), is_active=False), make_provider()
    for provider in (first, second, inactive, other):
        for place, number in ((0, 9), (10, 4), (15, 3), (20, 1), (22, 12)):
            make_appointments(provider, starts_at=TOMORROW + minutes(15 * place), number=number)
    make_hold(provider=first, starts_at=TOMORROW + minutes(15 * 40))
    make_booking(provider=second, starts_at=TOMORROW + minutes(15 * 9))
    assert make_hold(provider=second, starts_at=TOMORROW + minutes(15 * 14)).expires_at
    windows = (
        {},
        {"starts_before": TOMORROW + minutes(100)},
        {"starts_from": TOMORROW + minutes(30), "starts_before": TOMORROW + minutes(240)},
    )
    for window in windows:
        for provider_ids in (None, [first.pk], [second.pk], [first.pk, other.pk], [inactive.pk], []):
            counted, found = counts(service=service, provider_ids=provider_ids, **window)
            assert counted == found
            assert found > 0 or provider_ids in ([inactive.pk], []) or length >= 60


@pytest.mark.parametrize("has_service", [False, True])
def test_a_count_looks_at_so_many_appointments_only(has_service: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    service = make_service(duration_minutes=30)
    providers = [make_provider(services=(service,)) for _ in range(2)]
    for provider in providers:
        make_appointments(provider, number=20)
    conditions = {"service": service} if has_service else {}
    assert counts(**conditions) == ((38, 38) if has_service else (40, 40))
    monkeypatch.setattr("reservation.domain.queries.open_appointments.MAX_COUNTED", 10)
    assert counts(**conditions)[0] == 10
