"""The same work by hand: what somebody would write who needs these three answers and nothing else.

The listing is one ORM query; what is written is SQL, the statements of our two mutations one by one.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from api.ids import to_global_id
from reservation.models import Appointment, Provider
from reservation.tokens.own import Kind, read_token

LEAD_TIME = timedelta(hours=24)
HOLD = timedelta(minutes=30)
LENGTH = timedelta(minutes=15)
BOOKED_UNTIL = datetime(9000, 1, 1)  # noqa: DTZ001 - as the driver wants it: naive, in UTC


def listing(request: HttpRequest) -> JsonResponse:
    """Fifty open appointments with their provider's name, in the form that the API answers.

    The name is a sub-query: beside a covering index, MariaDB turns the join of select_related round and sorts the
    whole calendar, and a slow peer would make us look good.
    """
    now = timezone.now()
    starts_from, starts_before = (datetime.fromisoformat(request.GET[name]) for name in ("from", "before"))
    provider = Provider.objects.filter(pk=OuterRef("provider_id"))
    appointments = (
        Appointment.objects.filter(
            Subquery(provider.values("is_active")),
            is_booked=False,
            available_at__lte=now,
            starts_at__gte=max(starts_from, now + LEAD_TIME),
            starts_at__lt=starts_before,
        )
        .annotate(provider_name=Subquery(provider.values("name")))
        .order_by("starts_at", "pk")
    )
    nodes = [
        {
            "id": to_global_id("Appointment", appointment.pk),
            "startsAt": instant(appointment.starts_at),
            "provider": {"name": appointment.provider_name},
        }
        for appointment in appointments[:50]
    ]
    return JsonResponse({"data": {"openAppointments": {"nodes": nodes}}})


def instant(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


CALLER = """
    SELECT u.id, c.id FROM reservation_user u
    LEFT JOIN reservation_provider p ON p.user_id = u.id LEFT JOIN reservation_client c ON c.user_id = u.id
    WHERE u.is_active AND u.id = %s AND EXISTS (SELECT 1 FROM django_session WHERE session_key = %s)"""
SLOT = """
    SELECT a.provider_id, a.starts_at, a.reservation_id FROM reservation_appointment a
    JOIN reservation_provider p ON p.id = a.provider_id WHERE a.id = %s AND p.is_active"""
QUEUE_UP = "UPDATE reservation_client SET claim_count = claim_count + 1 WHERE id = %s"
INSERT = """
    INSERT INTO reservation_reservation
      (client_id, provider_id, starts_at, ends_at, status, expires_at, note, created_at)
    VALUES (%s, %s, %s, %s, 'PENDING', %s, '', %s)"""
TAKE = """
    UPDATE reservation_appointment SET reservation_id = %s, available_at = %s, is_booked = 0
    WHERE id = %s AND available_at <= %s AND is_booked = 0"""
CHECK = """
    SELECT COUNT(IF(ends_at > %(starts_at)s AND starts_at < %(ends_at)s, 1, NULL)),
      COUNT(IF(status = 'PENDING' AND expires_at > %(now)s, 1, NULL))
    FROM reservation_reservation WHERE client_id = %(client_id)s AND id <> %(id)s
      AND (status = 'PENDING' AND expires_at > %(now)s
        OR status = 'CONFIRMED' AND ends_at > %(starts_at)s AND starts_at < %(ends_at)s)"""
RECORD = """
    INSERT INTO reservation_reservationevent (reservation_id, kind, user_id, occurred_at, `before`, after)
    VALUES (%s, %s, %s, %s, %s, %s)"""
HELD = """
    SELECT provider_id, starts_at, ends_at, status, expires_at FROM reservation_reservation
    WHERE client_id = %s AND id = %s"""
BOOK = """
    UPDATE reservation_appointment SET available_at = %s, is_booked = 1
    WHERE reservation_id = %s AND available_at > %s"""
CONFIRM = """
    UPDATE reservation_reservation SET status = 'CONFIRMED', expires_at = NULL, confirmed_at = %s
    WHERE id = %s AND status = 'PENDING' AND provider_id = %s AND starts_at = %s"""


@csrf_exempt
def reserve(request: HttpRequest) -> JsonResponse:
    now = timezone.now().replace(tzinfo=None)
    appointment_id = json.loads(request.body)["appointmentId"]
    with connection.cursor() as cursor:
        user_id, client_id = read_caller(cursor, request)
        with transaction.atomic():
            cursor.execute(SLOT, [appointment_id])
            provider_id, starts_at, had = cursor.fetchone()
            require(starts_at >= now + LEAD_TIME and had is None)
            ends_at = starts_at + LENGTH
            require(cursor.execute(QUEUE_UP, [client_id]))
            cursor.execute(INSERT, [client_id, provider_id, starts_at, ends_at, now + HOLD, now])
            pk = cursor.lastrowid
            require(cursor.execute(TAKE, [pk, now + HOLD, appointment_id, now]))
            times = {"starts_at": starts_at, "ends_at": ends_at, "now": now}
            cursor.execute(CHECK, {**times, "client_id": client_id, "id": pk})
            overlapping, holds = cursor.fetchone()
            require(not overlapping and holds < 5)
            after = snapshot("PENDING", provider_id, starts_at, ends_at)
            cursor.execute(RECORD, [pk, "HELD", user_id, now, None, after])
    return JsonResponse({"reservation": {"id": pk, "status": "PENDING"}, "userErrors": []})


@csrf_exempt
def confirm(request: HttpRequest) -> JsonResponse:
    now = timezone.now().replace(tzinfo=None)
    pk = json.loads(request.body)["reservationId"]
    with connection.cursor() as cursor:
        user_id, client_id = read_caller(cursor, request)
        with transaction.atomic():
            cursor.execute(HELD, [client_id, pk])
            provider_id, starts_at, ends_at, status, expires_at = cursor.fetchone()
            require(status == "PENDING" and expires_at > now)
            require(cursor.execute(BOOK, [BOOKED_UNTIL, pk, now]))
            require(cursor.execute(CONFIRM, [now, pk, provider_id, starts_at]))
            before, after = (snapshot(status, provider_id, starts_at, ends_at) for status in ("PENDING", "CONFIRMED"))
            cursor.execute(RECORD, [pk, "CONFIRMED", user_id, now, before, after])
    return JsonResponse({"reservation": {"id": pk, "status": "CONFIRMED"}, "userErrors": []})


def read_caller(cursor: Any, request: HttpRequest) -> tuple[int, int]:
    """The account and the client that the token stands for."""
    token = read_token(Kind.ACCESS, request.headers["Authorization"].removeprefix("Bearer "))
    cursor.execute(CALLER, [token.user_id, token.session_key])
    user_id, client_id = cursor.fetchone()
    return user_id, client_id


def snapshot(status: str, provider_id: int, starts_at: datetime, ends_at: datetime) -> str:
    times = {"starts_at": f"{starts_at.isoformat()}+00:00", "ends_at": f"{ends_at.isoformat()}+00:00"}
    return json.dumps({"status": status, "provider_id": provider_id, **times})


def require(condition: object) -> None:
    if not condition:
        raise ValueError("This is for the benchmark's own requests.")
