"""The requests by which two checkouts are compared; most of them are those of the booking page."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model

from api.types.ids import to_global_id
from benchmarks.client import get, post
from benchmarks.databases import first_day
from benchmarks.servers import ROOT
from benchmarks.titles import WORKLOADS
from benchmarks.workloads import Workload, workloads
from reservation.models import Provider, Service

OPERATIONS = (ROOT / "web/static/web/book/operations.graphql").read_text()
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": sha256(OPERATIONS.encode()).hexdigest()}}
REGISTRATION = post("/graphql", {"query": OPERATIONS, "operationName": "FirstOpen", "extensions": PERSISTED})
"""Registers the booking page's document, so that its hash is enough afterwards."""

DAYS = 14
"""The number of consecutive days on which the windows begin."""

SEVERAL = 5
"""The number of providers in a request for several."""

TRAFFIC = {
    "fifty": WORKLOADS["fifty"],
    "cached": f"{WORKLOADS['fifty']}, with Memcached",
    "nested": WORKLOADS["calendars"],
    "document": "A new document each time",
    "week": "Distinct weeks of one provider, with Memcached",
    "day": "Distinct days of one provider, with Memcached",
    "several": f"Distinct days of {SEVERAL} providers, with Memcached",
}
"""The title of each."""


@dataclass(frozen=True)
class Traffic:
    """Requests of one kind; both checkouts get the same ones in the same order.

    request: the one with this number, which counts from 0. Each number is sent once to each checkout.
    is_cached: whether the servers have a Memcached.
    """

    name: str
    request: Callable[[int], bytes]
    is_cached: bool = False

    @property
    def title(self) -> str:
        return TRAFFIC[self.name]


def all_traffic() -> list[Traffic]:
    fifty, _, _, calendars = workloads()
    page = post("/graphql", {"query": fifty.document, "variables": fifty.variables})
    nested = post("/graphql", {"query": calendars.document, "variables": calendars.variables})
    ids, service = global_ids(Provider), global_ids(Service)[0]
    return [
        Traffic("fifty", lambda _: page),
        Traffic("cached", lambda _: page, is_cached=True),
        Traffic("nested", lambda _: nested),
        Traffic("document", lambda number: new_document(fifty, number)),
        Traffic("week", lambda number: week_of(ids, number), is_cached=True),
        Traffic("day", lambda number: day_of(ids, service, number), is_cached=True),
        Traffic("several", lambda number: day_of_several(ids, service, number), is_cached=True),
    ]


def global_ids(model: type[Model]) -> list[str]:
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
    return [to_global_id(model.__name__, pk) for pk in keys]


def new_document(workload: Workload, number: int) -> bytes:
    """Returns the workload with other aliases, so that no cache of documents has it."""
    return post("/graphql", {"query": workload.renamed(number), "variables": workload.variables})


def week_of(ids: Sequence[str], number: int) -> bytes:
    """Returns the request for whether each of seven days has an open appointment."""
    starts = {f"from{days}": start(ids, number, days=days) for days in range(8)}
    return operation("Week", providerIds=[ids[number % len(ids)]], **starts)


def day_of(ids: Sequence[str], service: str, number: int) -> bytes:
    return operation("TimesOf", id=ids[number % len(ids)], serviceId=service, **day(ids, number))


def day_of_several(ids: Sequence[str], service: str, number: int) -> bytes:
    several = [ids[(number + other) % len(ids)] for other in range(SEVERAL)]
    return operation("Times", filter={"providerIds": several, "serviceId": service, **day(ids, number)})


def day(ids: Sequence[str], number: int) -> dict[str, str]:
    return {"startsFrom": start(ids, number), "startsBefore": start(ids, number, days=1)}


def start(ids: Sequence[str], number: int, *, days: int = 0) -> str:
    """Returns an instant on one of DAYS days, this many days later, and a second after that of the previous number.

    So the response cache never has the window, whereas a cache by provider and day would have it, since the days
    repeat once each provider has had its turn.
    """
    begin = first_day() + timedelta(days=number // len(ids) % DAYS, seconds=number % 86_400)
    return (begin + timedelta(days=days)).isoformat()


def operation(name: str, **variables: Any) -> bytes:
    """Returns the GET by which the booking page sends this operation: by the hash of its document."""
    named = {"operationName": name, "variables": json.dumps(variables), "extensions": json.dumps(PERSISTED)}
    return get("/graphql?" + urlencode(named))
