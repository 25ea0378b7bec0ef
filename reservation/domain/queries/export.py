"""The export of a client's data, for that client."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from reservation.domain.access import client_for
from reservation.domain.caller import Caller
from reservation.domain.permissions import Permission
from reservation.domain.session import sessions_of
from reservation.models import IdempotencyKey, Reservation, User


def export_client(*, caller: Caller, client_id: int, now: datetime) -> dict[str, Any]:
    """All data of a client, as values for JSON; instants as ISO 8601. The client itself and staff may.

    Secrets (the hash of the password, the keys of sessions) are left out, since they are not data about the person.
    Raises NotFound and Forbidden.
    """
    client = client_for(caller, client_id, permission=Permission.EXPORT_CLIENT)
    user = client.user
    reservations = client.reservations.select_related("provider", "service").prefetch_related("events")
    addresses = EmailAddress.objects.filter(user=user)
    keys = IdempotencyKey.objects.filter(user=user).order_by("pk")
    return {
        "exported_at": now.isoformat(),
        "account": {
            "id": user.pk,
            "email": user.email,
            "email_as_typed": user.email_as_typed,
            "is_active": user.is_active,
            "date_joined": user.date_joined.isoformat(),
            "last_login": iso(user.last_login),
        },
        "email_addresses": list(addresses.order_by("pk").values("email", "verified", "primary")),
        "identities": [
            {"issuer": identity.issuer, "linked_at": identity.created_at.isoformat()}
            for identity in user.identities.order_by("pk")
        ],
        "client": {
            "id": client.pk,
            "name": client.name,
            "phone": client.phone,
            "time_zone": client.time_zone,
            "created_at": client.created_at.isoformat(),
        },
        "reservations": [
            export_reservation(reservation, user) for reservation in reservations.order_by("starts_at", "pk")
        ],
        "sessions": [{"expires_at": session.expire_date.isoformat()} for session in sessions_of(user)],
        "log_ins": [
            {"at": at.isoformat(), "address": address, "with": with_}
            for at, address, with_ in UserSession.objects.filter(user=user)
            .order_by("pk")
            .values_list("created_at", "ip", "user_agent")
        ],
        "second_factors": [
            {"type": type_, "since": since.isoformat()}
            for type_, since in Authenticator.objects.filter(user=user).order_by("pk").values_list("type", "created_at")
        ],
        "idempotency_keys": [{"used_at": used_at.isoformat()} for used_at in keys.values_list("created_at", flat=True)],
        "changes_by_staff": [*changes_by_staff(user), *changes_by_staff(client)],
    }


def export_reservation(reservation: Reservation, user: User) -> dict[str, Any]:
    """One reservation and its history; the provider is the only other person in it."""
    events = sorted(reservation.events.all(), key=lambda event: event.pk)
    return {
        "id": reservation.pk,
        "provider": reservation.provider.name,
        "service": reservation.service.name if reservation.service else None,
        "starts_at": reservation.starts_at.isoformat(),
        "ends_at": reservation.ends_at.isoformat(),
        "status": reservation.status,
        "expires_at": iso(reservation.expires_at),
        "note": reservation.note,
        "created_at": reservation.created_at.isoformat(),
        "confirmed_at": iso(reservation.confirmed_at),
        "cancelled_at": iso(reservation.cancelled_at),
        "cancel_reason": reservation.cancel_reason,
        "events": [
            {
                "kind": event.kind,
                "occurred_at": event.occurred_at.isoformat(),
                "is_your_doing": event.user_id == user.pk,
                "before": event.before,
                "after": event.after,
            }
            for event in events
        ],
    }


def changes_by_staff(row: Model) -> list[dict[str, Any]]:
    """The changes that staff made to this row in the admin."""
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    return [
        {"changed_at": entry.action_time.isoformat(), "change": entry.get_change_message()}
        for entry in about.order_by("pk")
    ]


def iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
