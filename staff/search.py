"""Searches long tables for people: first for their ids in their own tables, which are short."""

from typing import Any

from django.db.models import QuerySet

from reservation.domain.queries.clients import person_contains
from reservation.models import Client, Provider

MAX_PEOPLE, MAX_FOUND_ROWS = 200, 500
"""The limits of a search: clients or providers with the text, and rows of theirs."""


def by_people(queryset: QuerySet[Any], text: str, *, client: str, provider: str) -> QuerySet[Any]:
    """Returns the rows of clients and providers whose name or email contains the text; for a number, this row.

    client, provider: the fields with their ids.
    """
    words = text.strip()
    if not words:
        return queryset
    if "\0" in words:
        return queryset.none()
    if words.isdecimal() and len(words) < 19:
        return queryset.filter(pk=int(words))
    named = person_contains(words)
    ids: set[int] = set()
    for model, key in ((Client, client), (Provider, provider)):
        people = list(model.objects.filter(named).order_by("pk").values_list("pk", flat=True)[:MAX_PEOPLE])
        if people:
            rows = queryset.filter(**{f"{key}__in": people}).order_by("starts_at", "id")
            ids.update(rows.values_list("pk", flat=True)[:MAX_FOUND_ROWS])
    return queryset.filter(pk__in=ids)
