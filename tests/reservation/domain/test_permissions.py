"""Permissions of staff: each change by staff needs its permission, and reading needs none."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from reservation.domain.appointment import offer, withdraw
from reservation.domain.caller import Caller
from reservation.domain.client import create_client, update_client
from reservation.domain.erasure import erase_client
from reservation.domain.errors import Forbidden, TooLateToCancel
from reservation.domain.provider import create_provider, update_provider
from reservation.domain.queries.clients import find_clients
from reservation.domain.queries.export import export_client
from reservation.domain.queries.reservations import Reservations
from reservation.domain.reservation import (
    cancel,
    complete,
    confirm,
    mark_no_show,
    reschedule,
    reserve,
)
from reservation.domain.service import create_service, update_service
from reservation.models import Appointment, Client, Provider, Reservation, Service
from tests.factories import (
    NOW,
    TOMORROW,
    account,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
    minutes,
)
from tests.groups import FRONT_DESK, MANAGER, VIEWER, make_member, member
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

Change = Callable[[Caller], Any]

SLOTS = {"starts_at": TOMORROW + minutes(600), "ends_at": TOMORROW + minutes(630), "now": NOW}
LATER = TOMORROW + minutes(15)


def on_reservation(command: Callable[..., Any], **given: Any) -> Change:
    given = {"now": NOW, **given}
    return lambda who: command(caller=who, reservation_id=Reservation.objects.earliest("pk").pk, **given)


def last_slot() -> int:
    return Appointment.objects.latest("starts_at").pk


CHANGES: dict[str, tuple[str, Change]] = {
    # The lowest role that may make the change: each of viewer, front desk and manager has more permissions.
    "confirm": (FRONT_DESK, on_reservation(confirm)),
    "cancel": (FRONT_DESK, on_reservation(cancel)),
    "reschedule": (FRONT_DESK, lambda who: on_reservation(reschedule, appointment_id=last_slot())(who)),
    "complete": (FRONT_DESK, on_reservation(complete, now=LATER)),
    "mark_no_show": (FRONT_DESK, on_reservation(mark_no_show, now=LATER)),
    "reserve": (
        FRONT_DESK,
        lambda who: reserve(caller=who, client_id=Client.objects.latest("pk").pk, appointment_id=last_slot(), now=NOW),
    ),
    "create_client": (FRONT_DESK, lambda who: create_client(caller=who, name="N", email="n@example.com", now=NOW)),
    "update_client": (
        FRONT_DESK,
        lambda who: update_client(caller=who, client_id=Client.objects.latest("pk").pk, name="N", now=NOW),
    ),
    "erase_client": (
        MANAGER,
        lambda who: erase_client(caller=who, client_id=Client.objects.earliest("pk").pk, now=NOW),
    ),
    "export_client": (
        MANAGER,
        lambda who: export_client(caller=who, client_id=Client.objects.earliest("pk").pk, now=NOW),
    ),
    "offer": (MANAGER, lambda who: offer(caller=who, provider_id=Provider.objects.earliest("pk").pk, **SLOTS)),
    "withdraw": (MANAGER, lambda who: withdraw(caller=who, provider_id=Provider.objects.earliest("pk").pk, **SLOTS)),
    "create_provider": (MANAGER, lambda who: create_provider(caller=who, name="P", email="p@example.com", now=NOW)),
    "update_provider": (
        MANAGER,
        lambda who: update_provider(caller=who, provider_id=Provider.objects.earliest("pk").pk, name="P", now=NOW),
    ),
    "create_service": (MANAGER, lambda who: create_service(caller=who, name="S", duration_minutes=15, now=NOW)),
    "update_service": (
        MANAGER,
        lambda who: update_service(caller=who, service_id=Service.objects.earliest("pk").pk, name="S", now=NOW),
    ),
}
ROLES = (None, VIEWER, FRONT_DESK, MANAGER)


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_needs_its_permission(change: str) -> None:
    make_service()
    reservation = (make_booking if change in ("complete", "mark_no_show") else make_hold)()
    make_client()
    make_appointments(reservation.provider, starts_at=TOMORROW + minutes(300))
    first, work = CHANGES[change]
    lower = ROLES[: ROLES.index(first)]
    members = [member(group) for group in (*lower, first)]
    before = all_rows()
    for who in members[:-1]:
        with pytest.raises(Forbidden):
            work(who)
    assert all_rows() == before
    work(members[-1])


@pytest.mark.parametrize("group", [None, VIEWER])
def test_all_staff_read_everything(group: str | None) -> None:
    hold = make_hold()
    who = member(group)
    assert find_clients(caller=who).count() == 1
    assert list(Reservations.of(viewer=who, now=NOW).queryset()) == [hold]


def test_changing_ones_own_data_needs_no_permission() -> None:
    user = make_member(None)
    client, provider = make_client(user=user), make_provider(user=user)
    hold = make_hold(client=client)
    who = account(user)
    confirm(caller=who, reservation_id=hold.pk, now=NOW)
    update_client(caller=who, client_id=client.pk, name="N", now=NOW)
    update_provider(caller=who, provider_id=provider.pk, name="P", now=NOW)
    offer(caller=who, provider_id=provider.pk, **SLOTS)
    assert "permissions" not in vars(who), "permissions were read"


def test_changing_a_staff_only_field_of_ones_own_needs_the_permission() -> None:
    user = make_member(None)
    provider = make_provider(user=user)
    with pytest.raises(Forbidden):
        update_provider(caller=account(user), provider_id=provider.pk, is_active=False, now=NOW)


def test_the_notice_binds_a_viewer_for_its_own_booking(settings: Any) -> None:
    settings.RESERVATION_POLICY = type(settings.RESERVATION_POLICY)(cancellation_notice=minutes(60 * 48))
    for group, is_bound in ((VIEWER, True), (FRONT_DESK, False)):
        booking = make_booking(client=make_client(user=make_member(group)))
        with pytest.raises(TooLateToCancel) if is_bound else nullcontext():
            cancel(caller=caller(booking.client), reservation_id=booking.pk, now=NOW)


def test_permissions_of_groups_and_of_the_account_are_read_in_one_statement(django_assert_num_queries: Any) -> None:
    user = make_member(VIEWER)
    user.user_permissions.add(Permission.objects.get(codename="add_service"))
    who = account(user)
    with django_assert_num_queries(1):
        assert [who.may(name) for name in ("add_service", "change_service", "change_client")] == [
            True,
            False,
            False,
        ]


def test_a_superuser_needs_and_reads_no_permissions(django_assert_num_queries: Any) -> None:
    who = Caller(user_id=1, is_staff=True, is_superuser=True)
    with django_assert_num_queries(0):
        assert who.may("change_client")
    assert not Caller(user_id=1, is_superuser=True).may("change_client"), "a superuser must be staff, too"
