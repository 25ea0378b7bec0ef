"""A client with data in every table that can have data of a client."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from reservation.domain.client import update_client
from reservation.domain.reservation import cancel, reserve
from reservation.domain.session import PREVIEW_PREFIX
from reservation.models import Client, ExternalIdentity, Provider, Reservation
from tests.factories import NOW, TOMORROW, account, caller, make_appointments, make_client, make_user, minutes

EMAIL, NAME, PHONE = "cleo.quartz@example.com", "Cleo Quartz", "+977 1 4200000"
NOTE, REASON = "Allergic to quartz.", "Cleo Quartz is ill."
WORDS = ("quartz", PHONE)
"""Personal data, none of which may be left after an erasure."""


def make_person() -> Client:
    """Cleo, whom staff has renamed, who has logged in, and who has begun to reset her password in another browser.

    Staff has previewed a file with her, and not imported it.
    """
    user = make_user(email=EMAIL, password="correct-horse-9")
    client = make_client(user=user, name=NAME)
    update_client(caller=caller(client), client_id=client.pk, phone=PHONE, now=NOW)
    client.refresh_from_db()
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    ExternalIdentity.objects.create(user=user, issuer="https://id.example.com", subject_hash="quartz", created_at=NOW)
    staff = make_user(is_staff=True)
    for row in (user, client):
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=CHANGE,
            change_message="Changed Name.",
        )
    for data in ({SESSION_KEY: str(user.pk)}, {"account_reset": {"email": EMAIL.upper()}}):
        session = SessionStore()
        session.update(data)
        session.create()
    Session.objects.create(
        session_key=f"{PREVIEW_PREFIX}{staff.pk}-x",
        session_data=Session.objects.encode({"text": f"email,name,phone\n{EMAIL.title()},{NAME},{PHONE}\n"}),
        expire_date=timezone.now() + timedelta(minutes=10),
    )
    return client


def reserve_at(client: Client, provider: Provider, place: int, *, key: str | None = None) -> Reservation:
    """A hold, made at NOW, that starts this many quarter hours after TOMORROW."""
    (slot,) = make_appointments(provider, starts_at=TOMORROW + minutes(15 * place))
    who = caller(client)
    return reserve.once(key, caller=who, appointment_id=slot.pk, note=NOTE, now=NOW)


def cancel_for_a_reason(reservation: Reservation) -> Reservation:
    """Cancel it as its provider, with a reason that names the client."""
    return cancel(caller=account(reservation.provider.user), reservation_id=reservation.pk, reason=REASON, now=NOW)
