"""`load_by`: the object whose key is in an attribute, for one object and for a column of them."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from api.context import Context
from api.execution import column_resolver, thread_loop
from api.loaders import ProviderByIdLoader, ServiceByIdLoader
from api.loaders.base import Loader, load_by, then
from api.schema import schema
from reservation.models import Appointment, Reservation
from tests.api.loaders.conftest import BatchRead
from tests.factories import NOW, TOMORROW, make_appointments, make_hold, make_provider, make_service
from tests.practice import Ask, Practice, gid, make_cancelled

LISTS = """{
    reservations(first: 50) { nodes {
        id
        service { id name }
        provider { id name }
        client { id }
        appointments { id provider { name } reservation { service { name } } }
    } }
    viewer { client { id } provider { id } }
}"""

OPEN = """query($p: [ID!]) {
    openAppointments(
        filter: {startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-02-01T00:00:00Z", providerIds: $p}, first: 50
    ) { nodes { provider { name } } }
}"""

EXECUTORS = pytest.mark.parametrize("executor", ["columnar", "standard"])


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, Any]]:
    """How often each key was requested from each loader."""
    counts: Counter[tuple[str, Any]] = Counter()
    load = Loader.load

    def count(loader: Loader[Any, Any], key: Any) -> Any:
        counts[type(loader).__name__, key] += 1
        return load(loader, key)

    monkeypatch.setattr(Loader, "load", count)
    return counts


@pytest.fixture
def many(practice: Practice) -> Practice:
    """Reservations with and without a service, of two providers."""
    make_cancelled(practice.other_client, practice.other_provider, number=4)
    make_cancelled(practice.client, practice.provider, number=4, service=practice.service)
    make_hold(provider=make_provider(name="Emil"), client=practice.client, starts_at=TOMORROW + timedelta(days=1))
    return practice


@EXECUTORS
def test_a_column_requests_each_key_once(
    executor: str,
    ask: Ask,
    many: Practice,
    loads: Counter[tuple[str, Any]],
    batch_reads: list[BatchRead],
    settings: Any,
) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    make_appointments(many.other_provider, number=3)
    answer = ask(OPEN, p=[gid(many.provider), gid(many.other_provider)])
    names = [node["provider"]["name"] for node in answer.data["openAppointments"]["nodes"]]
    assert Counter(names) == {"Anna": 12, "Bert": 3}
    pks = [many.provider.pk, many.other_provider.pk]
    numbers = [1, 1] if executor == "columnar" else [12, 3]
    assert loads == {("ProviderByIdLoader", pk): number for pk, number in zip(pks, numbers, strict=True)}
    assert [sorted(batch.keys) for batch in batch_reads] == [sorted(pks)]


@EXECUTORS
def test_each_key_is_read_once(
    executor: str, ask: Ask, many: Practice, batch_reads: list[BatchRead], settings: Any
) -> None:
    settings.GRAPHQL_EXECUTOR = executor
    ask("{ reservations(first: 50) { nodes { provider { name } } } }", caller=many.staff)
    (batch,) = batch_reads
    assert sorted(batch.keys) == sorted(set(Reservation.objects.values_list("provider_id", flat=True)))


def test_both_executors_return_the_same(
    ask: Ask, many: Practice, settings: Any, django_assert_num_queries: Any
) -> None:
    for caller in (many.staff, many.who("client"), many.who("provider"), many.who("other client")):
        answers = []
        for settings.GRAPHQL_EXECUTOR in ("columnar", "standard"):
            answers.append(ask(LISTS, caller=caller))
        columnar, standard = answers
        assert (columnar.data, columnar.codes) == (standard.data, standard.codes)
        assert columnar.data is not None
        services = [node["service"] for node in columnar.data["reservations"]["nodes"]]
        if caller is many.staff:
            assert (len(services), services.count(None)) == (11, 5)
            assert columnar.data["viewer"] == {"client": None, "provider": None}


# --- Without a request ------------------------------------------------------------------------------------------------


def make_info() -> Any:
    return SimpleNamespace(context=Context(now=NOW))


def load_column(resolver: Callable[..., Any], sources: list[Any], info: Any) -> list[Any]:
    resolve = column_resolver(resolver, schema.get_type("Reservation"))  # type: ignore[arg-type]
    assert resolve is not None
    return resolve(sources, {type(source) for source in sources}, info)


def await_all(values: list[Any]) -> list[Any]:
    async def all_of() -> list[Any]:
        return [None if value is None else await value for value in values]

    with thread_loop().session():
        return list(thread_loop().run_until_complete(all_of()))


def test_a_column_has_the_values_of_its_objects(db: None, loads: Counter[tuple[str, Any]]) -> None:
    cutting, colouring = make_service(name="Cutting"), make_service(name="Colouring")
    resolver = load_by(ServiceByIdLoader, "service_id")
    keys = [cutting.pk, None, colouring.pk, cutting.pk, 0, None, colouring.pk]
    sources = [Reservation(service_id=key) for key in keys]
    expected = [cutting, None, colouring, cutting, None, None, colouring]
    info = make_info()
    assert await_all(load_column(resolver, sources, info)) == expected
    assert loads == {("ServiceByIdLoader", key): 1 for key in (cutting.pk, colouring.pk, 0)}
    again = make_info()
    assert await_all([resolver(source, again) for source in sources]) == expected


def test_a_column_without_keys_requests_nothing(loads: Counter[tuple[str, Any]]) -> None:
    resolver = load_by(ServiceByIdLoader, "service_id")
    info = make_info()
    assert load_column(resolver, [Reservation()] * 3, info) == [None] * 3
    assert resolver(Reservation(), info) is None
    assert load_column(resolver, [], info) == []
    assert loads == {}


def test_a_source_without_the_attribute_is_an_error_for_one_object_and_for_a_column() -> None:
    resolver = load_by(ProviderByIdLoader, "provider_id")
    with pytest.raises(AttributeError):
        resolver(object(), make_info())
    with pytest.raises(AttributeError):
        load_column(resolver, [Appointment(provider_id=1, starts_at=TOMORROW), object()], make_info())


async def later(value: Any) -> Any:
    return value


@pytest.mark.parametrize("is_available", [True, False])
@pytest.mark.parametrize("is_synchronous", [True, False])
def test_then_calls_the_function_at_once_or_when_the_value_is_available(
    is_available: bool, is_synchronous: bool
) -> None:
    def add_one(value: Any) -> Any:
        return value + 1 if is_synchronous else later(value + 1)

    made: Any = then(1 if is_available else later(1), add_one)
    if is_available and is_synchronous:
        assert made == 2
    else:
        assert await_all([made]) == [2]


def test_then_raises_the_exception_of_the_function() -> None:
    def fail(_: Any) -> Any:
        raise LookupError

    with pytest.raises(LookupError):
        then(1, fail)
    with pytest.raises(LookupError):
        await_all([then(later(1), fail)])
