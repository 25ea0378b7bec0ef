"""The queries that are sent to all servers: documents with their variables."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.databases import first_day
from benchmarks.titles import WORKLOADS

LISTING = """
query Listing($filter: OpenAppointmentFilter!, $first: Int) {
  openAppointments(filter: $filter, first: $first) { nodes { id startsAt provider { id name } } }
}"""
LISTS = """
query Lists($one: OpenAppointmentFilter!, $other: OpenAppointmentFilter!, $first: Int) {
  one: openAppointments(filter: $one, first: $first) { nodes { id startsAt provider { id name } } }
  other: openAppointments(filter: $other, first: $first) { nodes { id startsAt provider { id name } } }
}"""
CALENDARS = """
query Calendars($providers: Int, $startsFrom: DateTime!, $startsBefore: DateTime!, $first: Int) {
  providers(first: $providers) {
    nodes {
      id
      name
      openAppointments(startsFrom: $startsFrom, startsBefore: $startsBefore, first: $first) { nodes { id startsAt } }
    }
  }
}"""


@dataclass(frozen=True)
class Workload:
    """A query.

    name: its key in the committed figures.
    path: its path at peers without GraphQL.
    """

    name: str
    path: str
    document: str
    variables: dict[str, Any]

    @property
    def title(self) -> str:
        return WORKLOADS[self.name]

    def renamed(self, number: int) -> str:
        """Returns the document with aliases of its own for each number, so that no cache has any part of it."""
        return self.document.replace(" name ", f" name{number}: name ").replace(" id ", f" id{number}: id ")


def workloads() -> list[Workload]:
    """Returns all queries, over a week after the lead time, so that no response changes while it is measured."""
    week, next_week = window(0), window(4)
    return [
        Workload("fifty", "listing", LISTING, {"filter": week, "first": 50}),
        Workload("one", "listing", LISTING, {"filter": week, "first": 1}),
        Workload("two hundred", "lists", LISTS, {"one": week, "other": next_week, "first": 100}),
        Workload("calendars", "calendars", CALENDARS, {"providers": 10, "first": 20, **week}),
    ]


def window(day: int) -> dict[str, str]:
    starts_from = first_day() + timedelta(days=day)
    return {"startsFrom": starts_from.isoformat(), "startsBefore": (starts_from + timedelta(days=7)).isoformat()}
