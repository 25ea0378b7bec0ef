"""Erasure: no personal data of the client is left in any table, and the calendar is unchanged."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from reservation.domain.caller import ANONYMOUS
from reservation.domain.erasure import erase_client
from reservation.domain.errors import Forbidden, MoreThanAClient, NotFound, Unauthenticated
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import complete, confirm
from reservation.models import Client, IdempotencyKey, Reservation, ReservationEvent, User
from reservation.policy import BOOKED_UNTIL, OPEN_SINCE, Policy
from tests.factories import NOW, TOMORROW, caller, make_client, make_hold, make_provider, make_user, minutes, staff
from tests.reservation.domain.people import WORDS, cancel_for_a_reason, make_person, reserve_at
from tests.rows import all_rows, history, last_change, leases, refused, remembered

pytestmark = pytest.mark.django_db

SOON = NOW + minutes(5)
"""Before the holds that were made at NOW lapse."""

AFTERWARDS = TOMORROW + timedelta(days=2)


def database_text() -> str:
    """Every row of every table, and the decoded data of every session."""
    tables = [list(model._base_manager.values()) for model in apps.get_models(include_auto_created=True)]
    return repr([tables, [session.get_decoded() for session in Session.objects.all()]]).lower()


def snapshot(*left_out: str) -> list[dict[str, Any]]:
    """The rows of reservations, without these columns."""
    rows = Reservation.objects.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def test_no_personal_data_is_left_in_any_table() -> None:
    client, provider = make_person(), make_provider()
    cancel_for_a_reason(reserve_at(client, provider, 0))
    confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 1, key="k").pk, now=NOW)
    assert [word for word in WORDS if word in database_text()] == list(WORDS)
    assert erase_client(caller=staff(), client_id=client.pk, now=SOON) == 2
    assert [word for word in WORDS if word in database_text()] == []
    assert not User.objects.filter(pk=client.user_id).exists()
    assert (IdempotencyKey.objects.count(), Session.objects.count()) == (0, 0)
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {"Erased client"}
    assert str(client.user_id) not in Reservation.objects.values_list("events__user_id", flat=True)


def test_past_reservations_stay_on_the_calendar_under_the_erased_client() -> None:
    client, provider = make_person(), make_provider()
    booking = confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 0).pk, now=NOW)
    complete(caller=caller(provider), reservation_id=booking.pk, now=AFTERWARDS)
    begun = confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 1).pk, now=NOW)
    calendar, reservations, events = leases(provider), snapshot("client_id", "note"), ReservationEvent.objects.count()
    assert erase_client(caller=caller(client), client_id=client.pk, now=AFTERWARDS) == 2
    erased = Client.objects.select_related("user").get(name="Erased client")
    assert leases(provider) == calendar == [(one.pk, BOOKED_UNTIL, True) for one in (booking, begun)]
    assert snapshot("client_id", "note") == reservations
    assert set(Reservation.objects.values_list("client_id", "note", "cancel_reason")) == {(erased.pk, "", None)}
    assert history(booking) == [
        ("HELD", erased.user_id, NOW),
        ("CONFIRMED", erased.user_id, NOW),
        ("COMPLETED", provider.user_id, AFTERWARDS),
    ]
    assert ReservationEvent.objects.count() == events
    assert (erased.user.is_active, erased.user.has_usable_password()) == (False, False)
    assert list(find_violations()) == []


def test_future_reservations_are_cancelled_and_their_appointments_open_again() -> None:
    client, provider, who = make_person(), make_provider(), staff()
    hold = reserve_at(client, provider, 0)
    booking = confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 1).pk, now=NOW)
    assert erase_client(caller=who, client_id=client.pk, now=SOON) == 2
    assert leases(provider) == [(None, OPEN_SINCE, False)] * 2
    assert set(Reservation.objects.values_list("status", "cancelled_at")) == {("CANCELLED", SOON)}
    assert history(hold)[-1] == history(booking)[-1] == ("CANCELLED", who.user_id, SOON)
    assert last_change(booking) == (remembered(booking, "CONFIRMED"), remembered(booking, "CANCELLED"))
    assert list(find_violations()) == []


def test_a_hold_that_has_lapsed_becomes_expired_and_not_cancelled() -> None:
    client, provider = make_person(), make_provider()
    hold = reserve_at(client, provider, 0)
    lapsed = NOW + minutes(30)
    assert erase_client(caller=staff(), client_id=client.pk, now=lapsed) == 1
    assert history(hold)[1:] == [("EXPIRED", None, lapsed)]
    assert leases(provider) == [(None, OPEN_SINCE, False)]


def test_the_cancellation_notice_does_not_prevent_erasure(settings: Any) -> None:
    client, provider = make_person(), make_provider()
    confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 0).pk, now=NOW)
    settings.RESERVATION_POLICY = Policy(cancellation_notice=timedelta(days=7))
    assert erase_client(caller=caller(client), client_id=client.pk, now=SOON) == 1
    assert Reservation.objects.get().status == "CANCELLED"


def test_overlapping_reservations_of_erased_clients_violate_no_invariant() -> None:
    one, other, last = make_person(), make_client(), make_client()
    for client in (one, other, last):
        confirm(caller=caller(client), reservation_id=reserve_at(client, make_provider(), 0).pk, now=NOW)
    for client in (one, other):
        erase_client(caller=staff(), client_id=client.pk, now=AFTERWARDS)
    assert Client.objects.count() == 2
    assert Reservation.objects.filter(client__name="Erased client").count() == 2
    assert list(find_violations()) == []


def test_data_of_others_is_unchanged() -> None:
    client, provider = make_person(), make_provider()
    others = make_hold(provider=provider, client=make_client(name="Dora"))
    before = Reservation.objects.values().get()
    session = SessionStore()
    session["_auth_user_id"] = str(others.client.user_id)
    session.create()
    reserve_at(client, provider, 1)
    erase_client(caller=staff(), client_id=client.pk, now=SOON)
    assert Reservation.objects.filter(pk=others.pk).values().get() == before
    assert history(others) == [("HELD", others.client.user_id, NOW)]
    assert list(Session.objects.values_list("pk", flat=True)) == [session.session_key]


def test_admin_log_entries_of_a_former_staff_account_are_kept() -> None:
    client = make_person()
    LogEntry.objects.update(user=client.user_id)
    erase_client(caller=staff(), client_id=client.pk, now=SOON)
    erased = Client.objects.get(name="Erased client")
    assert list(LogEntry.objects.values_list("user_id", flat=True)) == [erased.user_id] * 2


def test_erasing_again_finds_no_client_and_erasing_the_erased_client_is_harmless() -> None:
    client, who = make_person(), staff()
    reserve_at(client, make_provider(), 0)
    erase_client(caller=who, client_id=client.pk, now=SOON)
    with refused(NotFound, field="client_id"):
        erase_client(caller=who, client_id=client.pk, now=SOON)
    before = all_rows()
    assert erase_client(caller=who, client_id=Client.objects.get().pk, now=SOON) == 0
    assert all_rows() == before


@pytest.mark.parametrize("more", ["provider", "is_staff", "is_superuser"])
def test_a_client_who_is_also_a_provider_or_staff_is_refused(more: str) -> None:
    user = make_user(**({} if more == "provider" else {more: True}))
    client, provider = make_client(user=user), make_provider()
    if more == "provider":
        make_provider(user=user)
    reserve_at(client, provider, 0)
    for who in (staff(), caller(client)):
        with refused(MoreThanAClient, field="client_id"):
            erase_client(caller=who, client_id=client.pk, now=SOON)


def test_only_the_client_itself_and_staff_may() -> None:
    hold = make_hold()
    provider, strangers = caller(hold.provider), [caller(make_client()), caller(make_provider())]
    with refused(Forbidden, field="client_id"):
        erase_client(caller=provider, client_id=hold.client_id, now=SOON)
    for who in strangers:
        with refused(NotFound, field="client_id"):
            erase_client(caller=who, client_id=hold.client_id, now=SOON)
    with refused(Unauthenticated, field=None):
        erase_client(caller=ANONYMOUS, client_id=hold.client_id, now=SOON)


def test_every_foreign_key_to_a_person_is_listed_here() -> None:
    pointing = {
        f"{relation.related_model.__name__}.{relation.field.name}"
        for model in (User, Client)
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    assert pointing == {
        "Authenticator.user",  # deleted with the account
        "Client.user",
        "EmailAddress.user",
        "ExternalIdentity.user",
        "IdempotencyKey.user",
        "User_groups.user",
        "User_user_permissions.user",
        "UserSession.user",
        "LogEntry.user",  # handed to the account of the erased client
        "ReservationEvent.user",
        "Reservation.client",
        "Provider.user",  # such an account is refused
    }, "Let erase_client delete it and export_client include it, then list it here."
