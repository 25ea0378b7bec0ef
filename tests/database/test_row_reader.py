"""Row readers make the same results as Django, with the same types."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, Max, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.query import ModelIterable

from database import row_reader
from database.compiled_query import CompiledSelect
from database.compiled_union import CompiledBranch, select_union
from database.fast_hydration import FastHydration
from reservation.models import Appointment, Client, Provider, Reservation, ReservationEvent, Service, User
from tests.factories import (
    TOMORROW,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_service,
)
from tests.practice import make_cancelled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_compiled")]

Build = Callable[..., QuerySet[Any, Any]]
EVERY = [model for model in apps.get_app_config("reservation").get_models() if issubclass(model, FastHydration)]


@pytest.fixture(autouse=True)
def rows() -> None:
    """Rows of each model, with NULL and with a value in every nullable column, and with true and false."""
    service = make_service(name="Ö'%s", description="Hair.")
    make_service(is_active=False)
    provider = make_provider(services=(service,), bio="Since 1999.", is_active=False)
    make_appointments(provider, starts_at=TOMORROW + timedelta(days=3), number=3)
    make_hold()
    make_booking(service=service, client=make_client(name="Ada"))
    make_cancelled(make_client(), provider, cancel_reason="Ill.", starts_at=TOMORROW + timedelta(microseconds=1))


@pytest.fixture
def has_reader(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each statement that is compiled from now on, whether it has a row reader; Django reads the others."""
    built: list[bool] = []
    build_row_reader = row_reader.build_row_reader

    def note(*arguments: Any) -> Any:
        reader = build_row_reader(*arguments)
        built.append(reader is not None)
        return reader

    monkeypatch.setattr("database.compiled_statement.build_row_reader", note)
    return built


def plain(row: Any) -> Any:
    """All attributes of a result that can be compared, with their types."""
    if isinstance(row, Model):
        state = row._state
        fields = {name: plain(value) for name, value in vars(row).items() if name != "_state"}
        related = {name: value and vars(value) | {"_state": None} for name, value in state.fields_cache.items()}
        return type(row), list(fields), fields, related, state.adding, state.db
    if isinstance(row, tuple | list):
        return type(row), [plain(value) for value in row]
    if isinstance(row, dict):
        return [(name, plain(value)) for name, value in row.items()]
    if isinstance(row, datetime):
        return datetime, row, row.utcoffset(), str(row.tzinfo)
    return type(row), row


def check(build: Build, **values: Any) -> list[Any]:
    """Returns the results of the compiled query, after checking that each of several runs equals Django's results."""
    select = CompiledSelect(build)
    expected = [plain(row) for row in build(**values)]
    for _ in range(3):
        found = select(**values)
        assert type(found) is list
        assert [plain(row) for row in found] == expected
    return found


@pytest.mark.parametrize("model", EVERY)
def test_instances_are_those_of_django(model: type[Model], has_reader: list[bool]) -> None:
    found = check(lambda after: model._default_manager.filter(pk__gt=after).order_by("pk"), after=0)
    assert has_reader == [True]
    seen = {field.attname: {getattr(row, field.attname) for row in found} for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        values = seen[field.attname]
        if field.null:
            assert None in values, field
            assert len(values) > 1, field
        if field.get_internal_type() == "BooleanField":
            assert values == {True, False}, field


def tuples_of(model: type[Model], names: list[str]) -> Build:
    return lambda after: model._default_manager.filter(pk__gt=after).order_by("-pk").values_list(*names)


@pytest.mark.parametrize("model", EVERY)
def test_tuples_are_those_of_django(model: type[Model], has_reader: list[bool]) -> None:
    names = [field.attname for field in model._meta.concrete_fields]
    for some in (names, names[::-1], names[2:4], names[:1]):
        check(tuples_of(model, some), after=0)
    assert has_reader == [True] * 4


@pytest.mark.parametrize("model", EVERY)
def test_no_rows_make_no_results(model: type[Model], has_reader: list[bool]) -> None:
    assert check(lambda pk: model._default_manager.filter(pk=pk), pk=0) == []
    assert check(lambda pk: model._default_manager.filter(pk=pk).values_list("id"), pk=0) == []
    assert check(lambda ids: model._default_manager.filter(pk__in=ids), ids=[]) == []
    assert has_reader == [True, True]  # the third can match no row, and needs no reader


READ: dict[str, Build] = {
    "annotated": lambda pk: Provider.objects.filter(pk__gt=pk).annotate(
        slots=Count("appointments"),
        last=Max("appointments__starts_at"),
        lower=Lower("name"),
        nothing=Value(None, output_field=IntegerField()),
    ),
    "a condition": lambda pk: Service.objects.filter(pk__gt=pk).annotate(
        offered=Exists(Provider.objects.filter(services=OuterRef("pk"))), long=Q(duration_minutes__gt=15)
    ),
    "some columns": lambda pk: Client.objects.filter(pk__gt=pk).only("name", "created_at"),
    "some columns, annotated": lambda pk: Client.objects.filter(pk__gt=pk).only("name").annotate(calls=F("phone")),
    "all but some": lambda pk: Reservation.objects.filter(pk__gt=pk).defer("note", "starts_at"),
    "of another table": lambda pk: Appointment.objects.filter(pk__gt=pk).values_list(
        "pk", "reservation__service__is_active", "reservation__confirmed_at", "provider__name"
    ),
    "values, then annotated": lambda pk: (
        Provider.objects.filter(pk__gt=pk).values_list("pk", "is_active").annotate(slots=Count("appointments"))
    ),
    "events, whose columns are JSON": lambda pk: ReservationEvent.objects.filter(pk__gt=pk),
    "values with JSON": lambda pk: ReservationEvent.objects.filter(pk__gt=pk).values_list("before", "after", "kind"),
    "users, without fast hydration": lambda pk: User.objects.filter(pk__gt=pk),
    "two columns": lambda pk: Appointment.objects.filter(pk__gt=pk).values_list("is_booked", "provider"),
}


@pytest.mark.parametrize("build", READ.values(), ids=READ)
def test_a_row_reader_makes_the_results_of_django(build: Build, has_reader: list[bool]) -> None:
    assert len(check(lambda pk: build(pk=pk).order_by("pk"), pk=0)) > 1
    assert has_reader == [True]


LEFT_TO_DJANGO: dict[str, Build] = {
    "related": lambda pk: Appointment.objects.filter(pk__gt=pk).select_related("provider", "reservation__service"),
    "related, annotated": lambda pk: (
        Client.objects.filter(pk__gt=pk).select_related("user").annotate(lower=Lower("name"))
    ),
    "dictionaries": lambda pk: Reservation.objects.filter(pk__gt=pk).values("pk", "confirmed_at"),
    "flat": lambda pk: Reservation.objects.filter(pk__gt=pk).values_list("confirmed_at", flat=True),
    "flat, annotated": lambda pk: (
        Provider.objects.filter(pk__gt=pk).annotate(slots=Count("appointments")).values_list("slots", flat=True)
    ),
    "named": lambda pk: Service.objects.filter(pk__gt=pk).values_list("pk", "is_active", named=True),
    "all columns, unnamed": lambda pk: Service.objects.filter(pk__gt=pk).values_list(),
    "the annotation first": lambda pk: (
        Provider.objects.filter(pk__gt=pk).annotate(slots=Count("appointments")).values_list("slots", "pk")
    ),
    "an expression": lambda pk: Client.objects.filter(pk__gt=pk).values_list(Lower("name"), "pk"),
    "extra": lambda pk: Client.objects.filter(pk__gt=pk).extra(select={"one": "1"}),
}


@pytest.mark.parametrize("build", LEFT_TO_DJANGO.values(), ids=LEFT_TO_DJANGO)
def test_other_querysets_have_no_row_reader(build: Build, has_reader: list[bool]) -> None:
    assert len(check(lambda pk: build(pk=pk).order_by("pk"), pk=0)) > 1
    assert has_reader == [False]


def test_querysets_of_a_related_manager_have_no_row_reader(
    has_reader: list[bool], django_assert_num_queries: Any
) -> None:
    provider = Provider.objects.filter(appointments__isnull=False).latest("pk")
    (slot, *_) = check(lambda pk: provider.appointments.filter(pk__gt=pk).order_by("pk"), pk=0)
    assert has_reader == [False]
    with django_assert_num_queries(0):
        assert slot.provider is provider


RARE: dict[str, Build] = {
    "users, annotated": lambda pk: User.objects.filter(pk__gt=pk).annotate(lower=Lower("email")).order_by("pk"),
    "users, some columns": lambda pk: User.objects.filter(pk__gt=pk).only("email", "is_staff").order_by("pk"),
    "distinct, ordered by what is not read": lambda pk: (
        Appointment.objects.filter(pk__gt=pk).order_by("provider__name", "pk").values_list("is_booked").distinct()
    ),
    "distinct instances, ordered by another table": lambda pk: (
        Appointment.objects.filter(pk__gt=pk).order_by("provider__name", "pk").distinct()
    ),
    "a union": lambda pk: (
        Service.objects.filter(pk__gt=pk, is_active=True)
        .union(Service.objects.filter(pk__gt=pk, is_active=False))
        .order_by("pk")
    ),
    "a union of tuples": lambda pk: (
        Service.objects.filter(pk__gt=pk)
        .values_list("name", "is_active")
        .union(Provider.objects.filter(pk__gt=pk).values_list("name", "is_active"))
        .order_by("name")
    ),
}


@pytest.mark.parametrize("build", RARE.values(), ids=RARE)
def test_rare_querysets_have_the_results_of_django_with_or_without_a_row_reader(build: Build) -> None:
    assert len(check(build, pk=0)) > 1


def test_rows_of_a_union_have_all_attributes_and_their_branch(has_reader: list[bool]) -> None:
    def first_since(since: datetime) -> QuerySet[Appointment]:
        return Appointment.objects.filter(starts_at__gte=since).order_by("starts_at", "pk")[:4]

    def last_of(pk: int) -> QuerySet[Appointment]:
        return Appointment.objects.filter(reservation=pk).order_by("-pk")[:2]

    first, last = CompiledBranch(first_since), CompiledBranch(last_of)
    pk = Reservation.objects.filter(appointments__isnull=False).latest("pk").pk
    calls: list[Any] = [(first, {"since": TOMORROW}), (last, {"pk": pk}), (last, {"pk": 0})]
    for _ in range(2):
        found = select_union(calls)
        assert [len(rows) for rows in found] == [4, 1, 0]
        for number, ((branch, values), rows) in enumerate(zip(calls, found, strict=True)):
            expected = list(branch.build(**values))
            for row in expected:
                row.branch = number
            assert [plain(row) for row in rows] == [plain(row) for row in expected]
    assert has_reader == [True, True]


def test_a_connection_in_another_zone_is_read_in_that(monkeypatch: pytest.MonkeyPatch, has_reader: list[bool]) -> None:
    """Datetimes are read in the zone in which the connection writes them."""
    monkeypatch.setitem(connection.settings_dict, "TIME_ZONE", "Europe/Paris")
    for name in ("timezone", "timezone_name"):
        vars(connection).pop(name, None)
    try:
        check(lambda pk: Reservation.objects.filter(pk__gt=pk).order_by("pk"), pk=0)
        check(lambda pk: Reservation.objects.filter(pk__gt=pk).values_list("starts_at", "confirmed_at"), pk=0)
    finally:
        for name in ("timezone", "timezone_name"):
            vars(connection).pop(name, None)
    assert has_reader == [True, True]


def test_querysets_with_an_iterable_of_their_own_have_no_row_reader(has_reader: list[bool]) -> None:

    class Slots(ModelIterable):
        def __iter__(self) -> Any:
            return (slot.pk for slot in super().__iter__())

    def build(pk: int) -> QuerySet[Any, Any]:
        queryset = Appointment.objects.filter(pk__gt=pk).order_by("pk")
        queryset._iterable_class = Slots
        return queryset

    assert check(build, pk=0) == list(Appointment.objects.order_by("pk").values_list("pk", flat=True))
    assert has_reader == [False]
