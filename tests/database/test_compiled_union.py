"""Each branch of a compiled UNION finds the rows that the ORM finds for it alone."""

from datetime import datetime
from typing import Any

import pytest
from django.db.models import Q, QuerySet

from database.compiled_union import CompiledBranch, select_union
from reservation.models import Appointment
from tests.factories import TOMORROW, make_appointments, make_provider, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_compiled")]


def first_of(ids: list[int], since: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(pk__in=ids, starts_at__gte=since).order_by("starts_at", "pk")[:3]


def last_of(pk: int) -> QuerySet[Appointment]:
    return Appointment.objects.filter(provider=pk).order_by("-starts_at")[:2]


def nothing(pk: int) -> QuerySet[Appointment]:
    return Appointment.objects.filter(Q(pk__in=[]), provider=pk)


def test_branches_of_several_shapes_take_one_statement(django_assert_num_queries: Any) -> None:
    providers = [make_provider() for _ in range(4)]
    slots = [make_appointments(provider, number=6) for provider in providers]
    ids = [slot.pk for slot in slots[0]]
    first, last, none = CompiledBranch(first_of), CompiledBranch(last_of), CompiledBranch(nothing)
    calls: list[Any] = [
        (first, {"ids": ids, "since": TOMORROW}),
        (last, {"pk": providers[1].pk}),
        (first, {"ids": ids[1:4], "since": TOMORROW + minutes(30)}),
        (none, {"pk": ids[0]}),
        (last, {"pk": 0}),
        (first, {"ids": ids[4:], "since": TOMORROW + minutes(75)}),
    ]
    for _ in range(2):  # the second time with the cached statement
        with django_assert_num_queries(1):
            found = select_union(calls)
        assert found == [list(select.build(**values)) for select, values in calls]
    assert [len(rows) for rows in found] == [3, 2, 2, 0, 0, 1]
    with django_assert_num_queries(0):
        assert select_union([(none, {"pk": ids[0]})] * 2) == [[], []]
        assert select_union([]) == []
