"""A compiled query has the results of the same query of the ORM."""

from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from database.compiled_query import STATEMENT_CACHE, Changes, CompiledSelect, CompiledUpdate
from reservation.models import Appointment, Client, Provider
from tests.factories import TOMORROW, make_appointments, make_client, make_hold, make_provider, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_compiled")]


def compiled(select: Any) -> int:
    """How many statements of this query are compiled for this thread's connection."""
    return len(getattr(connection, STATEMENT_CACHE, {}).get(select, ()))


def test_select_finds_what_the_queryset_finds(django_assert_num_queries: Any) -> None:
    @CompiledSelect
    def starting(since: datetime, provider_id: int) -> QuerySet[Appointment]:
        found = Appointment.objects.select_related("provider").filter(starts_at__gte=since, provider=provider_id)
        return found.order_by("-starts_at")

    provider = make_provider()
    slots = make_appointments(provider, number=4)
    make_appointments(make_provider(), number=4)
    for number, slot in enumerate(slots):
        with django_assert_num_queries(1):
            found = starting(since=slot.starts_at, provider_id=provider.pk)
            assert [(one, one.provider.name) for one in found] == [
                (one, provider.name) for one in reversed(slots[number:])
            ]
    assert starting(since=TOMORROW + minutes(60), provider_id=provider.pk) == []
    assert starting.first(since=TOMORROW, provider_id=0) is None
    assert starting.first(since=TOMORROW, provider_id=provider.pk) == slots[-1]
    assert compiled(starting) == 1


def test_lists_of_all_lengths_take_few_statements() -> None:
    @CompiledSelect
    def among(ids: list[int]) -> QuerySet[Appointment, int]:
        return Appointment.objects.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)

    ids = [slot.pk for slot in make_appointments(make_provider(), number=9)]
    for length in range(10):
        assert among(ids=ids[:length]) == ids[:length]
        assert among(ids=tuple(ids[9 - length :])) == ids[9 - length :]
    assert compiled(among) == 6  # with bucket sizes of 0, 1, 2, 4, 8 and 16


def test_a_comparison_with_none_finds_no_row() -> None:
    @CompiledSelect
    def of(reservation_id: int | None) -> QuerySet[Appointment]:
        return Appointment.objects.filter(reservation=reservation_id)

    make_appointments(make_provider())
    hold = make_hold()
    assert of(reservation_id=None) == []
    assert of(reservation_id=hold.pk) == [hold.appointments.get()]


def test_a_query_that_can_match_no_row_sends_no_statement(django_assert_num_queries: Any) -> None:
    @CompiledSelect
    def no_client(pk: int) -> QuerySet[Client]:
        return Client.objects.filter(Q(pk__in=[]), pk=pk)

    with django_assert_num_queries(0):
        assert no_client(pk=1) == []


def test_update_returns_how_many_rows_matched(django_assert_num_queries: Any) -> None:
    @CompiledUpdate
    def rename(ids: list[int], name: str, before: datetime) -> Changes:
        return Client.objects.filter(pk__in=ids, created_at__lt=before), {
            "name": name,
            "claim_count": F("claim_count") + 1,
        }

    clients = [make_client(), make_client(), make_client()]
    with django_assert_num_queries(1):
        assert rename(ids=[client.pk for client in clients[:2]], name="Ö'%s", before=TOMORROW) == 2
    assert rename(ids=[clients[0].pk], name="Never", before=clients[0].created_at) == 0
    assert list(Client.objects.order_by("pk").values_list("name", "claim_count")) == [
        ("Ö'%s", 1),
        ("Ö'%s", 1),
        ("Some Client", 0),
    ]


def test_a_failed_update_marks_the_transaction_for_rollback() -> None:
    @CompiledUpdate
    def assign_user(user_id: int) -> Changes:
        return Provider.objects.all(), {"user_id": user_id}

    first = make_provider()
    make_provider()
    with pytest.raises(IntegrityError), transaction.atomic():
        assign_user(user_id=first.user_id)
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            assign_user(user_id=first.user_id)
        assert connection.needs_rollback


@pytest.mark.django_db(transaction=True)
def test_each_thread_compiles_its_own_statements() -> None:
    @CompiledSelect
    def named(name: str) -> QuerySet[Provider]:
        return Provider.objects.filter(name=name)

    found: list[Any] = []

    def work() -> None:
        for number in range(20):
            name = f"Provider {number % 2}"
            found.append([one.name == name for one in named(name=name)])
        connection.close()

    for number in range(2):
        make_provider(name=f"Provider {number}")
    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[True]] * 80
    assert compiled(named) == 0
