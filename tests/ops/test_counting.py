"""What requests, cache reads and signals of the domain add to the metrics."""

from typing import Any

import pytest
from django.test import Client as Browser
from prometheus_client.parser import text_string_to_metric_families

from cache.catalogue import PROVIDERS
from ops.metrics import Metrics, families
from reservation.domain.reservation import cancel, confirm, reserve
from reservation.domain.transaction import Conflict, transact
from tests.factories import NOW, caller, make_appointments, make_client, make_hold, make_provider
from tests.ops.metrics.conftest import counting

__all__ = ["counting"]


def post(browser: Browser, query: str, **variables: Any) -> Any:
    return browser.post("/graphql/", {"query": query, "variables": variables}, "application/json").json()


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_status_and_operations_by_field(client: Browser, counting: Metrics) -> None:
    make_provider()
    post(client, "query Any { providers { nodes { name } } }")
    post(client, "{ providers { totalCount nodes { name } } }")
    post(client, "{ viewer { isStaff } providers { totalCount } }")
    client.get("/nothing/")
    total = counting.total()
    assert total.of(families.HTTP_REQUESTS) == {("graphql", "200"): 3, ("other", "404"): 1}
    assert total.of(families.GRAPHQL_REQUESTS) == {("other",): 1, ("providers",): 2}
    assert total.of(families.SQL_STATEMENTS) == {("other",): 2, ("providers",): 3}
    assert {operation for (operation,), spent in total.of(families.SQL_SECONDS).items() if spent} == {
        "other",
        "providers",
    }
    assert {labels: found.count for labels, found in total.durations(families.GRAPHQL_SECONDS).items()} == {
        ("other",): 1,
        ("providers",): 2,
    }


@pytest.mark.django_db
def test_errors_are_counted_by_code_and_rejections_by_limit(client: Browser, counting: Metrics) -> None:
    post(client, "{")
    post(client, "{ viewer { isStaff } } #" + "x" * 20_000)
    post(client, "{" + " ".join(f"a{number}: viewer {{ isStaff }}" for number in range(50)) + "}")
    total = counting.total()
    assert total.of(families.GRAPHQL_ERRORS) == {
        ("other", "GRAPHQL_PARSE_FAILED"): 1,
        ("other", "PAYLOAD_TOO_LARGE"): 1,
        ("other", "QUERY_TOO_COMPLEX"): 1,
    }
    assert sum(total.of(families.GRAPHQL_REJECTIONS).values()) == 2


@pytest.mark.django_db(transaction=True)
def test_changes_of_reservations_are_counted_after_commit(counting: Metrics) -> None:
    client = make_client()
    hold = make_hold(client=client)
    confirm(caller=caller(client), reservation_id=hold.pk, now=NOW)
    cancel(caller=caller(client), reservation_id=hold.pk, now=NOW)
    assert counting.total().of(families.RESERVATIONS) == {("cancelled",): 1, ("confirmed",): 1, ("held",): 1}
    (slot,) = make_appointments(make_provider())
    reserve(caller=caller(make_client()), appointment_id=slot.pk, now=NOW)
    with pytest.raises(Exception, match="no longer available"):
        reserve(caller=caller(make_client()), appointment_id=slot.pk, now=NOW)
    assert counting.total().of(families.RESERVATIONS)[("held",)] == 2


@pytest.mark.django_db(transaction=True)
def test_transaction_retries_are_counted_by_cause(counting: Metrics) -> None:
    errors: list[Exception] = [Conflict(), Conflict()]

    def work() -> None:
        if errors:
            raise errors.pop()

    transact(work)
    assert counting.total().of(families.TRANSACTION_RETRIES) == {("conflict",): 2}


def test_cache_reads_are_counted(rows: str, counting: Metrics, client: Browser) -> None:
    provider = make_provider()
    for _ in range(3):
        PROVIDERS.read([provider.pk])
    reads = counting.total().of(families.CACHE_READS)
    assert (reads["catalogue", "hit"], reads["catalogue", "miss"]) == (2, 1)


@pytest.mark.django_db
def test_operation_names_that_clients_invent_make_no_series(client: Browser, counting: Metrics, settings: Any) -> None:
    settings.METRICS_TOKEN = "t" * 32
    for number in range(200):
        post(client, f"query Invented{number} {{ a{number}: __typename }}")
        post(client, f"query Invented{number} {{ nothing{number} }}")
    text = client.get("/metrics", headers={"Authorization": f"Bearer {'t' * 32}"}).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert {sample.labels["operation"] for sample in samples if "operation" in sample.labels} <= {
        "other",
        "__typename",
    }
