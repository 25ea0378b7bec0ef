"""Compiled queries have the same results and send as many statements with COMPILED_QUERIES and without."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.signals import post_save, pre_save
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext

from database.compiled_insert import CompiledInsert
from database.compiled_query import STATEMENT_CACHE, Changes, CompiledSelect, CompiledUpdate
from database.compiled_union import CompiledBranch, select_union
from reservation.models import Appointment, Client, IdempotencyKey, Provider, Reservation
from tests.factories import (
    NOW,
    TOMORROW,
    make_appointments,
    make_client,
    make_hold,
    make_provider,
    make_service,
    make_user,
    minutes,
)

pytestmark = pytest.mark.django_db

BothWays = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def both_ways(settings: Any) -> BothWays:
    """Runs this with the setting and without. Returns the result, after checking that both are equal."""

    def both_ways(run: Callable[[], Any]) -> Any:
        results = []
        for settings.COMPILED_QUERIES in (True, False):
            with CaptureQueriesContext(connection) as queries, transaction.atomic():
                result = run()
                transaction.set_rollback(True)
            results.append((result, len(queries)))
        assert results[0] == results[1]
        return results[0][0]

    return both_ways


def statements_of(query: Any) -> int:
    return len(getattr(connection, STATEMENT_CACHE, {}).get(query, ()))


def test_the_setting_is_read_at_each_call(settings: Any) -> None:
    @CompiledSelect
    def named(name: str) -> QuerySet[Provider]:
        return Provider.objects.filter(name=name)

    provider = make_provider(name="Ann")
    for settings.COMPILED_QUERIES, compiled in ((False, 0), (True, 1), (False, 1)):
        assert named(name="Ann") == [provider]
        assert statements_of(named) == compiled


def test_select(both_ways: BothWays) -> None:
    @CompiledSelect
    def starting(since: datetime, provider_id: int | None) -> QuerySet[Appointment]:
        found = Appointment.objects.select_related("provider").filter(starts_at__gte=since, provider=provider_id)
        return found.order_by("-starts_at")

    @CompiledSelect
    def names(name: str) -> QuerySet[Provider, tuple[int, str]]:
        return Provider.objects.filter(name__contains=name).order_by("pk").values_list("pk", "name")

    provider = make_provider(name="Ö'%s")
    slots = make_appointments(provider, number=4)

    def read(since: datetime) -> Any:
        found = starting(since=since, provider_id=provider.pk)
        return [(one, one.provider.name, model_to_dict(one)) for one in found]

    assert [one for one, *_ in both_ways(lambda: read(slots[2].starts_at))] == [slots[3], slots[2]]
    assert both_ways(lambda: starting(since=TOMORROW, provider_id=0)) == []
    assert both_ways(lambda: starting.first(since=TOMORROW, provider_id=0)) is None
    assert both_ways(lambda: starting.first(since=TOMORROW, provider_id=provider.pk)) == slots[3]
    assert both_ways(lambda: names(name="%s")) == [(provider.pk, "Ö'%s")]


def test_select_with_lists_of_all_lengths(both_ways: BothWays) -> None:
    @CompiledSelect
    def among(ids: list[int]) -> QuerySet[Appointment, int]:
        return Appointment.objects.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)

    ids = [slot.pk for slot in make_appointments(make_provider(), number=9)]
    for length in range(10):
        assert both_ways(lambda given=ids[:length]: among(ids=given)) == ids[:length]
        assert both_ways(lambda given=tuple(ids[:length]): among(ids=given)) == ids[:length]
    assert both_ways(lambda: among(ids=ids[:1] * 3)) == ids[:1]


def test_select_with_none(both_ways: BothWays) -> None:
    @CompiledSelect
    def of(reservation_id: int | None) -> QuerySet[Appointment]:
        return Appointment.objects.filter(reservation=reservation_id)

    @CompiledSelect
    def before(ends_at: datetime | None) -> QuerySet[Appointment]:
        return Appointment.objects.filter(starts_at__lt=ends_at)

    @CompiledSelect
    def between(ids: list[int], starts_at: datetime | None) -> QuerySet[Appointment]:
        return Appointment.objects.filter(Q(starts_at__gt=starts_at) | Q(pk__in=ids)).order_by("pk")

    slot, hold = make_appointments(make_provider(), number=2)[0], make_hold()
    assert both_ways(lambda: of(reservation_id=None)) == []
    assert both_ways(lambda: of(reservation_id=hold.pk)) == [hold.appointments.get()]
    assert both_ways(lambda: before(ends_at=None)) == []
    assert both_ways(lambda: between(ids=[slot.pk], starts_at=None)) == [slot]


def test_update(both_ways: BothWays) -> None:
    @CompiledUpdate
    def rename(ids: list[int], name: str, before: datetime | None) -> Changes:
        found = Client.objects.filter(pk__in=ids, created_at__lt=before)
        return found, {"name": name, "claim_count": F("claim_count") + 1}

    @CompiledUpdate
    def change(pk: int, service_id: int | None, reason: str | None, confirmed_at: datetime | None) -> Changes:
        changes = {"service": service_id, "cancel_reason": reason, "confirmed_at": confirmed_at}
        return Reservation.objects.filter(pk=pk), changes

    ids = [make_client().pk for _ in range(3)]
    hold, service = make_hold(), make_service()

    def renamed(given: list[int], before: datetime | None) -> Any:
        count = rename(ids=given, name="Ö'%s", before=before)
        return count, list(Client.objects.filter(pk__in=ids).order_by("pk").values_list("name", "claim_count"))

    def changed(*values: Any) -> Any:
        count = change(**dict(zip(("service_id", "reason", "confirmed_at"), values, strict=True)), pk=hold.pk)
        return count, *Reservation.objects.values_list("service", "cancel_reason", "confirmed_at").get(pk=hold.pk)

    unchanged = [("Some Client", 0)]
    assert both_ways(lambda: renamed(ids[:2], TOMORROW)) == (2, [("Ö'%s", 1)] * 2 + unchanged)
    assert both_ways(lambda: renamed([], TOMORROW)) == (0, unchanged * 3)
    assert both_ways(lambda: renamed(ids, None)) == (0, unchanged * 3)
    assert both_ways(lambda: changed(service.pk, "Ill.", NOW)) == (1, service.pk, "Ill.", NOW)
    assert both_ways(lambda: changed(None, None, None)) == (1, None, None, None)


def test_insert(both_ways: BothWays) -> None:
    insert, user = CompiledInsert(IdempotencyKey), make_user()

    def inserted(**fields: Any) -> Any:
        received: list[Any] = []

        def receive(signal: Any, **arguments: Any) -> None:
            is_new = arguments.pop("instance").pk is None
            received.append((signal, is_new, sorted(arguments.items(), key=lambda item: item[0])))

        given = {"user": user, "key_hash": "%s", "input_hash": "'", "result": 2**62, "created_at": NOW, **fields}
        key = IdempotencyKey(**given)
        for signal in (pre_save, post_save):
            signal.connect(receive, sender=IdempotencyKey)
        try:
            assert insert(key) is key
        finally:
            for signal in (pre_save, post_save):
                signal.disconnect(receive, sender=IdempotencyKey)
        saved = IdempotencyKey.objects.get(pk=key.pk)
        assert model_to_dict(saved) == model_to_dict(key)
        return model_to_dict(saved, exclude=["id"]), key._state.adding, key._state.db, received

    row, adding, db, received = both_ways(inserted)
    assert (row["key_hash"], row["result"], adding, db, len(received)) == ("%s", 2**62, False, "default", 2)

    def fails() -> bool:
        with pytest.raises(IntegrityError):
            insert(IdempotencyKey(user_id=None, key_hash="", input_hash="", result=1, created_at=NOW))
        return connection.needs_rollback

    assert both_ways(fails) is True


def test_union(both_ways: BothWays) -> None:
    def first_of(ids: list[int], since: datetime) -> QuerySet[Appointment]:
        return Appointment.objects.filter(pk__in=ids, starts_at__gte=since).order_by("starts_at", "pk")[:3]

    def last_of(pk: int | None) -> QuerySet[Appointment]:
        return Appointment.objects.filter(provider=pk).order_by("-starts_at")[:2]

    providers = [make_provider() for _ in range(2)]
    slots = [make_appointments(provider, number=6) for provider in providers]
    ids = [slot.pk for slot in slots[0]]
    first, last = CompiledBranch(first_of), CompiledBranch(last_of)
    empty: Any = first, {"ids": [], "since": TOMORROW}
    calls: list[Any] = [
        (first, {"ids": ids, "since": TOMORROW}),
        (last, {"pk": providers[1].pk}),
        (first, {"ids": ids[1:4], "since": TOMORROW + minutes(30)}),
        empty,
        (last, {"pk": None}),
    ]

    def rows() -> Any:
        return [[(row, model_to_dict(row), row.branch) for row in found] for found in select_union(calls)]  # type: ignore[attr-defined]

    found = [[row for row, *_ in branch] for branch in both_ways(rows)]
    assert found == [slots[0][:3], slots[1][:3:-1], slots[0][2:4], [], []]
    assert both_ways(lambda: select_union([empty, empty])) == [[], []]
    assert both_ways(lambda: select_union([])) == []
