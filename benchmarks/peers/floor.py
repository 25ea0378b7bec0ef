"""The lower bound: a WSGI function with the database driver and the SQL of the response, without any framework."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from benchmarks.peers.claims import LEAD_TIME, confirm, reserve
from benchmarks.peers.connection import connect

OPEN = "a.is_booked = 0 AND a.available_at <= %s AND a.starts_at >= %s AND a.starts_at < %s"
# STRAIGHT_JOIN: in this order, or MariaDB sorts the whole calendar.
LISTING = f"""
    SELECT a.id, a.starts_at, p.id, p.name
    FROM reservation_appointment a STRAIGHT_JOIN reservation_provider p ON p.id = a.provider_id
    WHERE {OPEN} AND p.is_active ORDER BY a.starts_at, a.id LIMIT %s"""
PROVIDERS = "SELECT id, name, is_active FROM reservation_provider ORDER BY folded_name, id LIMIT %s"
CALENDAR = f"""
    (SELECT a.provider_id, a.id, a.starts_at FROM reservation_appointment a
    WHERE a.provider_id = %s AND {OPEN} ORDER BY a.starts_at, a.id LIMIT %s)"""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    path = environ["PATH_INFO"]
    if path in CHANGES:
        result = CHANGES[path](body, environ["HTTP_AUTHORIZATION"].removeprefix("Bearer "))
    else:
        result = READS[path](body["variables"])
    content = orjson.dumps(result)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


def select(sql: str, parameters: list[Any]) -> Any:
    with connect().cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def listing(variables: dict[str, Any]) -> dict[str, Any]:
    return data(openAppointments=read_listing(variables["filter"], variables["first"]))


def lists(variables: dict[str, Any]) -> dict[str, Any]:
    return data(**{name: read_listing(variables[name], variables["first"]) for name in ("one", "other")})


def calendars(variables: dict[str, Any]) -> dict[str, Any]:
    providers = select(PROVIDERS, [variables["providers"]])
    active = [pk for pk, _, is_active in providers if is_active]
    bounds = bounds_of(variables)
    parameters = [parameter for pk in active for parameter in (pk, *bounds, variables["first"])]
    found: dict[int, list[dict[str, str]]] = {pk: [] for pk, _, _ in providers}
    for provider_id, pk, starts_at in select(" UNION ALL ".join([CALENDAR] * len(active)), parameters):
        found[provider_id].append(as_appointment(pk, starts_at))
    return data(
        providers=[{**as_provider(pk, name), "openAppointments": {"nodes": found[pk]}} for pk, name, _ in providers]
    )


def read_listing(window: dict[str, str], first: int) -> list[dict[str, Any]]:
    found = select(LISTING, [*bounds_of(window), first])
    return [{**as_appointment(pk, starts_at), "provider": as_provider(*provider)} for pk, starts_at, *provider in found]


def bounds_of(window: dict[str, str]) -> tuple[str, str, str]:
    now = datetime.now(UTC)
    starts_from = max(datetime.fromisoformat(window["startsFrom"]), now + LEAD_TIME)
    return in_sql(now), in_sql(starts_from), in_sql(datetime.fromisoformat(window["startsBefore"]))


def in_sql(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(" ")


def as_appointment(pk: int, starts_at: str) -> dict[str, str]:
    return {"id": global_id("Appointment", pk), "startsAt": f"{starts_at[:10]}T{starts_at[11:19]}Z"}


def as_provider(pk: int, name: str) -> dict[str, str]:
    return {"id": global_id("Provider", pk), "name": name}


def global_id(noun: str, pk: int) -> str:
    return b64encode(b"%s:%d" % (noun.encode(), pk)).decode()


def data(**lists: list[dict[str, Any]]) -> dict[str, Any]:
    return {"data": {name: {"nodes": nodes} for name, nodes in lists.items()}}


READS = {"/nothing": lambda _variables: {}, "/listing": listing, "/lists": lists, "/calendars": calendars}
CHANGES = {"/reserve": reserve, "/confirm": confirm}
