"""Exporting all personal data of a client."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from reservation.domain.caller import ANONYMOUS
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.queries.export import export_client
from reservation.domain.reservation import confirm
from reservation.domain.session import PREVIEW_PREFIX
from tests.factories import NOW, caller, make_client, make_hold, make_provider, make_service, minutes, staff
from tests.reservation.domain.people import (
    EMAIL,
    NAME,
    NOTE,
    PHONE,
    REASON,
    cancel_for_a_reason,
    make_person,
    reserve_at,
)
from tests.rows import all_rows, refused, remembered

pytestmark = pytest.mark.django_db

INSTANT = "2030-01-01T12:00:00+00:00"
LATER = NOW + minutes(1)


def test_the_export_has_all_data_and_changes_nothing() -> None:
    client, provider = make_person(), make_provider(name="Anna")
    given_up = cancel_for_a_reason(reserve_at(client, provider, 0))
    booking = confirm(caller=caller(client), reservation_id=reserve_at(client, provider, 1, key="k").pk, now=NOW)
    UserSession.objects.create(user=client.user, created_at=NOW, ip="192.0.2.1", session_key="k", user_agent="phone")
    Authenticator.objects.create(user=client.user, created_at=NOW, type=Authenticator.Type.TOTP, data={"secret": "S"})
    before = all_rows()
    export = export_client(caller=caller(client), client_id=client.pk, now=LATER)
    common = {"provider": "Anna", "service": None, "note": NOTE, "created_at": INSTANT, "expires_at": None}
    assert export == {
        "exported_at": "2030-01-01T12:01:00+00:00",
        "account": {
            "id": client.user_id,
            "email": EMAIL,
            "email_as_typed": EMAIL,
            "is_active": True,
            "date_joined": client.user.date_joined.isoformat(),
            "last_login": None,
        },
        "email_addresses": [{"email": EMAIL, "verified": True, "primary": True}],
        "identities": [{"issuer": "https://id.example.com", "linked_at": INSTANT}],
        "client": {"id": client.pk, "name": NAME, "phone": PHONE, "time_zone": "UTC", "created_at": INSTANT},
        "reservations": [
            {
                **common,
                "id": given_up.pk,
                "starts_at": "2030-01-02T12:00:00+00:00",
                "ends_at": "2030-01-02T12:15:00+00:00",
                "status": "CANCELLED",
                "confirmed_at": None,
                "cancelled_at": INSTANT,
                "cancel_reason": REASON,
                "events": [
                    event("HELD", True, None, remembered(given_up, "PENDING")),
                    event("CANCELLED", False, remembered(given_up, "PENDING"), remembered(given_up, "CANCELLED")),
                ],
            },
            {
                **common,
                "id": booking.pk,
                "starts_at": "2030-01-02T12:15:00+00:00",
                "ends_at": "2030-01-02T12:30:00+00:00",
                "status": "CONFIRMED",
                "confirmed_at": INSTANT,
                "cancelled_at": None,
                "cancel_reason": None,
                "events": [
                    event("HELD", True, None, remembered(booking, "PENDING")),
                    event("CONFIRMED", True, remembered(booking, "PENDING"), remembered(booking, "CONFIRMED")),
                ],
            },
        ],
        "sessions": [
            {"expires_at": expires_at.isoformat()}
            for expires_at in Session.objects.exclude(pk__startswith=PREVIEW_PREFIX)
            .order_by("pk")
            .values_list("expire_date", flat=True)
        ],
        "log_ins": [{"at": INSTANT, "address": "192.0.2.1", "with": "phone"}],
        "second_factors": [{"type": "totp", "since": INSTANT}],
        "idempotency_keys": [{"used_at": INSTANT}],
        "changes_by_staff": [
            {"changed_at": changed_at.isoformat(), "change": "Changed Name."}
            for changed_at in LogEntry.objects.order_by("pk").values_list("action_time", flat=True)
        ],
    }
    assert (len(export["sessions"]), len(export["changes_by_staff"])) == (2, 2)
    assert json.loads(json.dumps(export)) == export
    assert all_rows() == before


def event(kind: str, is_your_doing: bool, before: object, after: object) -> dict[str, object]:
    return {"kind": kind, "occurred_at": INSTANT, "is_your_doing": is_your_doing, "before": before, "after": after}


def test_the_export_has_no_secrets_and_no_data_of_others() -> None:
    client, provider = make_person(), make_provider(services=(make_service(),))
    make_hold(provider=provider, client=make_client(name="Dora"))
    reserve_at(client, provider, 1)
    text = json.dumps(export_client(caller=staff(), client_id=client.pk, now=NOW))
    secrets = [client.user.password, *Session.objects.values_list("pk", flat=True), "Dora", provider.user.email]
    assert [secret for secret in secrets if secret in text] == []


def test_only_the_client_itself_and_staff_may() -> None:
    hold = make_hold()
    provider, strangers = caller(hold.provider), [caller(make_client()), caller(make_provider()), ANONYMOUS]
    with refused(Forbidden, field="client_id"):
        export_client(caller=provider, client_id=hold.client_id, now=NOW)
    for who in strangers:
        with refused(NotFound, field="client_id"):
            export_client(caller=who, client_id=hold.client_id, now=NOW)


@pytest.mark.parametrize("number", [1, 4])
def test_an_export_costs_the_same_for_any_amount_of_data(number: int, django_assert_num_queries: Any) -> None:
    client, provider = make_person(), make_provider()
    for place in range(number):
        reserve_at(client, provider, place)
    who = caller(client)
    export_client(caller=who, client_id=client.pk, now=NOW)  # Django reads the content types once
    with django_assert_num_queries(11):
        export_client(caller=who, client_id=client.pk, now=NOW)
