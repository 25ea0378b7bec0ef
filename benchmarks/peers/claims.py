"""Reserve and confirm by plain SQL: the statements of the API's two mutations one by one.

The caller is read from the same token by the same code.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.tokens.own import TokenType, read_token
from benchmarks.peers.connection import connect

LEAD_TIME = timedelta(hours=24)
HOLD = timedelta(minutes=30)
LENGTH = timedelta(minutes=15)
BOOKED_UNTIL = "9000-01-01"

CALLER = """
    SELECT u.id, c.id FROM reservation_user u
    LEFT JOIN reservation_provider p ON p.user_id = u.id LEFT JOIN reservation_client c ON c.user_id = u.id
    WHERE u.is_active AND u.id = %s AND EXISTS (SELECT 1 FROM django_session WHERE session_key = %s)"""
SLOT = """
    SELECT a.provider_id, a.starts_at, a.reservation_id FROM reservation_appointment a
    JOIN reservation_provider p ON p.id = a.provider_id WHERE a.id = %s AND p.is_active"""
SERIALISE_CLIENT = "UPDATE reservation_client SET claim_count = claim_count + 1 WHERE id = %s"
INSERT = """
    INSERT INTO reservation_reservation
      (client_id, provider_id, starts_at, ends_at, status, expires_at, note, created_at)
    VALUES (%s, %s, %s, %s, 'PENDING', %s, '', %s)"""
ACQUIRE = """
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


def reserve(body: dict[str, Any], token: str) -> dict[str, Any]:
    now = datetime.now(UTC).replace(tzinfo=None)
    appointment_id = body["appointmentId"]
    user_id, client_id = read_caller(token)
    with transaction() as cursor:
        cursor.execute(SLOT, [appointment_id])
        provider_id, starts, had = cursor.fetchone()
        starts_at = datetime.fromisoformat(starts)
        require(starts_at >= now + LEAD_TIME and had is None)
        ends_at = starts_at + LENGTH
        require(cursor.execute(SERIALISE_CLIENT, [client_id]))
        cursor.execute(INSERT, [client_id, provider_id, starts_at, ends_at, now + HOLD, now])
        pk = cursor.lastrowid
        require(cursor.execute(ACQUIRE, [pk, now + HOLD, appointment_id, now]))
        times = {"starts_at": starts_at, "ends_at": ends_at, "now": now}
        cursor.execute(CHECK, {**times, "client_id": client_id, "id": pk})
        overlapping, holds = cursor.fetchone()
        require(not overlapping and holds < 5)
        after = snapshot("PENDING", provider_id, starts_at, ends_at)
        cursor.execute(RECORD, [pk, "HELD", user_id, now, None, after])
    return {"reservation": {"id": pk, "status": "PENDING"}, "userErrors": []}


def confirm(body: dict[str, Any], token: str) -> dict[str, Any]:
    now = datetime.now(UTC).replace(tzinfo=None)
    pk = body["reservationId"]
    user_id, client_id = read_caller(token)
    with transaction() as cursor:
        cursor.execute(HELD, [client_id, pk])
        provider_id, starts, ends, status, expires = cursor.fetchone()
        starts_at, ends_at = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
        require(status == "PENDING" and datetime.fromisoformat(expires) > now)
        require(cursor.execute(BOOK, [BOOKED_UNTIL, pk, now]))
        require(cursor.execute(CONFIRM, [now, pk, provider_id, starts_at]))
        before, after = (snapshot(status, provider_id, starts_at, ends_at) for status in ("PENDING", "CONFIRMED"))
        cursor.execute(RECORD, [pk, "CONFIRMED", user_id, now, before, after])
    return {"reservation": {"id": pk, "status": "CONFIRMED"}, "userErrors": []}


@contextmanager
def transaction() -> Iterator[Any]:
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        try:
            yield cursor
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def read_caller(token: str) -> tuple[int, int]:
    """Returns the ids of the account and of the client that the token identifies."""
    caller = read_token(TokenType.ACCESS, token)
    with connect().cursor() as cursor:
        cursor.execute(CALLER, [caller.user_id, caller.session_key])
        user_id, client_id = cursor.fetchone()
    return user_id, client_id


def snapshot(status: str, provider_id: int, starts_at: datetime, ends_at: datetime) -> str:
    times = {"starts_at": f"{starts_at.isoformat()}+00:00", "ends_at": f"{ends_at.isoformat()}+00:00"}
    return json.dumps({"status": status, "provider_id": provider_id, **times})


def require(condition: object) -> None:
    if not condition:
        raise ValueError("This handles only the requests of the benchmark.")
