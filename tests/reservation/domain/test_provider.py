"""Creating and changing providers."""

import pytest

from reservation.domain.caller import ANONYMOUS, Caller
from reservation.domain.errors import DomainError, EmailTaken, Forbidden, InvalidInput, NotFound, Unauthenticated
from reservation.domain.provider import create_provider, update_provider
from reservation.models import Provider, User
from tests.factories import NOW, caller, make_client, make_provider, make_service, make_user, staff
from tests.rows import all_rows, refused

pytestmark = pytest.mark.django_db

WRONG = [
    ("name", ""),
    ("name", "  "),
    ("name", "nu\0l"),
    ("name", "x" * 201),
    ("name", "x" * 300),
    ("bio", "nu\0l"),
    ("bio", "x" * 2001),
    ("bio", "x" * 10_000),
    ("time_zone", "Mars/Olympus"),
    ("time_zone", ""),
]


def test_create_provider_adds_an_account_that_cannot_log_in_yet() -> None:
    services = [make_service(), make_service()]
    provider = create_provider(
        caller=staff(),
        name="Dr. Ada",
        email=" Ada@Example.COM ",
        bio="Here since 2001.",
        time_zone="Europe/Paris",
        service_ids=[service.pk for service in services],
        now=NOW,
    )
    assert Provider.objects.values().get() == {
        "id": provider.pk,
        "user_id": provider.user_id,
        "name": "Dr. Ada",
        "folded_name": "dr. ada",
        "bio": "Here since 2001.",
        "time_zone": "Europe/Paris",
        "is_active": True,
        "created_at": NOW,
    }
    assert set(provider.services.all()) == set(services)
    user = User.objects.get(pk=provider.user_id)
    assert (user.email, user.has_usable_password(), user.is_staff) == ("ada@example.com", False, False)


def test_create_provider_requires_only_a_name_and_an_address() -> None:
    provider = create_provider(caller=staff(), name="x" * 200, email="p@example.com", now=NOW)
    assert (provider.bio, provider.time_zone, list(provider.services.all())) == ("", "UTC", [])


@pytest.mark.parametrize(
    ("field", "value"), [*WRONG, ("email", ""), ("email", "nobody"), ("email", f"{'x' * 250}@example.com")]
)
def test_create_provider_refuses(field: str, value: str) -> None:
    who, arguments = staff(), {"name": "Some Provider", "email": "p@example.com", field: value}
    with refused(InvalidInput, field=field):
        create_provider(caller=who, now=NOW, **arguments)


def test_create_provider_refuses_an_address_that_has_an_account_in_any_case() -> None:
    make_user(email="ada@example.com")
    who = staff()
    with refused(EmailTaken, field="email"):
        create_provider(caller=who, name="Ada", email="ADA@example.com", now=NOW)


def test_create_provider_refuses_a_service_that_does_not_exist() -> None:
    who, service = staff(), make_service()
    for nothing in (0, 2**63 - 1):
        with refused(NotFound, field="service_ids"):
            create_provider(caller=who, name="Ada", email="p@example.com", service_ids=[service.pk, nothing], now=NOW)


def test_only_staff_may_create_providers() -> None:
    people: list[tuple[Caller, type[DomainError]]] = [
        (caller(make_client()), Forbidden),
        (caller(make_provider()), Forbidden),
        (ANONYMOUS, Unauthenticated),
    ]
    for who, error in people:
        with refused(error, field=None):
            create_provider(caller=who, name="Ada", email="p@example.com", now=NOW)


def test_a_provider_may_change_its_own_profile() -> None:
    provider = make_provider(name="Before")
    before = Provider.objects.values().get()
    who = caller(provider)
    update_provider(caller=who, provider_id=provider.pk, name="After", bio="x" * 2000, time_zone="Asia/Tokyo", now=NOW)
    after = {**before, "name": "After", "folded_name": "after", "bio": "x" * 2000, "time_zone": "Asia/Tokyo"}
    assert Provider.objects.values().get() == after
    update_provider(caller=who, provider_id=provider.pk, bio="", now=NOW)
    assert Provider.objects.values().get() == {**after, "bio": ""}


def test_update_provider_without_anything_changes_nothing() -> None:
    provider = make_provider(services=(make_service(),))
    before = all_rows()
    assert update_provider(caller=caller(provider), provider_id=provider.pk, now=NOW) == provider
    assert all_rows() == before


def test_staff_may_change_the_services_of_a_provider_and_whether_it_is_active() -> None:
    old, new = make_service(), make_service()
    provider, who = make_provider(services=(old,)), staff()
    update_provider(caller=who, provider_id=provider.pk, is_active=False, service_ids=[new.pk, new.pk], now=NOW)
    provider.refresh_from_db()
    assert (provider.is_active, list(provider.services.all())) == (False, [new])
    update_provider(caller=who, provider_id=provider.pk, is_active=True, service_ids=[], now=NOW)
    provider.refresh_from_db()
    assert (provider.is_active, list(provider.services.all())) == (True, [])


@pytest.mark.parametrize(("field", "value"), [("is_active", False), ("is_active", True), ("service_ids", [])])
def test_a_provider_may_not_change_its_services_or_whether_it_is_active(field: str, value: object) -> None:
    provider = make_provider(services=(make_service(),))
    who, arguments = caller(provider), {"name": "After", field: value}
    with refused(Forbidden, field=field):
        update_provider(caller=who, provider_id=provider.pk, now=NOW, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_update_provider_refuses(field: str, value: str) -> None:
    provider = make_provider()
    who, arguments = staff(), {"provider_id": provider.pk, field: value}
    with refused(InvalidInput, field=field):
        update_provider(caller=who, now=NOW, **arguments)


def test_update_provider_refuses_a_service_that_does_not_exist_and_keeps_the_old_name() -> None:
    service = make_service()
    provider, who = make_provider(services=(service,)), staff()
    for nothing in (0, 2**63 - 1):
        with refused(NotFound, field="service_ids"):
            update_provider(
                caller=who, provider_id=provider.pk, name="After", service_ids=[service.pk, nothing], now=NOW
            )


def test_only_the_provider_and_staff_may_change_a_provider() -> None:
    provider = make_provider()
    for who in (caller(make_provider()), caller(make_client())):
        with refused(Forbidden, field="provider_id"):
            update_provider(caller=who, provider_id=provider.pk, name="After", now=NOW)
    with refused(Unauthenticated, field=None):
        update_provider(caller=ANONYMOUS, provider_id=provider.pk, name="After", now=NOW)


def test_update_provider_refuses_an_unknown_provider() -> None:
    who = staff()
    for provider_id in (0, 2**63 - 1):
        with refused(NotFound, field="provider_id"):
            update_provider(caller=who, provider_id=provider_id, name="After", now=NOW)
