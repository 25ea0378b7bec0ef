"""Searching long tables for people: their own tables are asked first, which are short."""

from typing import Any

from django.db.models import Q, QuerySet

from reservation.models import Client, Provider

MOST_PEOPLE, MOST_ROWS = 200, 500
"""So many people of each kind are looked for, and so many rows of theirs are shown."""


def by_people(queryset: QuerySet[Any], text: str, *, client: str, provider: str) -> QuerySet[Any]:
    """The rows of people with this in their name or address; a number is that of a row itself.

    client, provider: what the rows call them.
    """
    words = text.strip()
    if not words:
        return queryset
    if "\0" in words:
        return queryset.none()
    if words.isdecimal() and len(words) < 19:
        return queryset.filter(pk=int(words))
    named = Q(name__icontains=words) | Q(user__email__icontains=words)
    ids: set[int] = set()
    for model, key in ((Client, client), (Provider, provider)):
        people = list(model.objects.filter(named).order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])
        if people:
            rows = queryset.filter(**{f"{key}__in": people}).order_by("starts_at", "id")
            ids.update(rows.values_list("pk", flat=True)[:MOST_ROWS])
    return queryset.filter(pk__in=ids)
