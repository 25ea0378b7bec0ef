"""The deadline of an execution, enforced by statement timeouts."""

import time
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from api.execution import Deadline, DeadlineExceeded
from api.loaders import ProviderByIdLoader
from reservation.models import Service
from tests.conftest import Post
from tests.practice import Practice, gid

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT COUNT(*) FROM n"
NUMBERS = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n)"
CUBED = f"SELECT COUNT(*) FROM {NUMBERS} a, {NUMBERS} b, {NUMBERS} c WHERE (a.i + b.i * c.i) % 7 = 3"
SLOW = ENDLESS.format(2_000_000_000) if connection.vendor == "sqlite" else CUBED
QUERY = "query($id: ID!) { provider(id: $id) { name } services { totalCount } }"
TIMED_OUT = {"code": "TIMEOUT"}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes reading a provider take forever. Returns the outcome of each such statement."""
    outcomes: list[str] = []

    def read(*_: Any) -> Any:
        try:
            with connection.cursor() as cursor:
                cursor.execute(SLOW)
                cursor.fetchall()
            outcomes.append("finished")
        except Exception as error:
            outcomes.append(type(error).__name__)
            raise
        return {}

    monkeypatch.setattr(ProviderByIdLoader, "read", read)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_stopped(post: Post, settings: Any, practice: Practice, slow: Any) -> None:
    settings.GRAPHQL_DEADLINE_SECONDS = 0.2
    answer = post({"query": QUERY, "variables": {"id": gid(practice.provider)}}).json()
    first, *_ = answer["errors"]
    assert (first["extensions"], first["message"]) == (TIMED_OUT, "This took too long, and was stopped.")
    assert slow == ["OperationalError"]
    assert post({"query": "{ services { totalCount } }"}).json() == {"data": {"services": {"totalCount": 1}}}


@pytest.mark.django_db
def test_a_statement_after_the_deadline_is_not_begun(post: Post, settings: Any) -> None:
    settings.GRAPHQL_DEADLINE_SECONDS = 0
    answer = post({"query": "{ a: services { totalCount } viewer { isStaff } }"}).json()
    assert answer["data"] is None
    assert [(error["path"], error["extensions"]) for error in answer["errors"]] == [(["a"], TIMED_OUT)]


@pytest.mark.django_db
def test_a_mutation_that_is_too_late_changes_nothing(
    post: Post, settings: Any, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.read_caller", lambda _: practice.staff)
    settings.GRAPHQL_DEADLINE_SECONDS = 0
    query = 'mutation { createService(input: {name: "New", durationMinutes: 15}) { userErrors { code } } }'
    (error,) = post({"query": query}).json()["errors"]
    assert error["extensions"] == TIMED_OUT
    assert not Service.objects.filter(name="New").exists()


@pytest.mark.django_db
def test_a_deadline_does_not_affect_the_next_request(post: Post, settings: Any) -> None:
    settings.GRAPHQL_DEADLINE_SECONDS = 0.05
    assert post({"query": "{ services { totalCount } }"}).json() == {"data": {"services": {"totalCount": 0}}}
    time.sleep(0.06)
    many = 100_000 if connection.vendor == "sqlite" else 900
    with connection.cursor() as cursor:
        cursor.execute(ENDLESS.format(many))
        assert cursor.fetchone() == (many,)
    assert connection.execute_wrappers == []


@pytest.mark.django_db(transaction=True)
def test_a_deadline_that_passes_within_a_transaction_rolls_it_back(practice: Practice) -> None:
    def rename_and_wait() -> None:
        with transaction.atomic():
            Service.objects.update(name="Renamed")
            time.sleep(0.2)
            Service.objects.update(name="Renamed again")

    with pytest.raises(DeadlineExceeded), Deadline(at=time.monotonic() + 0.2).enforced():
        rename_and_wait()
    assert [service.name for service in Service.objects.all()] == ["Cutting"]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_after_the_deadline_is_rolled_back_even_if_the_exception_is_caught(practice: Practice) -> None:
    deadline = Deadline(at=time.monotonic() + 0.2)
    with deadline.enforced(), transaction.atomic():
        try:
            with transaction.atomic():
                Service.objects.update(name="Inner")
                time.sleep(0.2)
                Service.objects.update(name="Too late")
        except DeadlineExceeded:
            pass
    assert [service.name for service in Service.objects.all()] == ["Cutting"]


@pytest.mark.django_db(transaction=True)
def test_an_executemany_gets_no_statement_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    add_timeout = Deadline.with_statement_timeout

    def record(deadline: Deadline, sql: str, **options: Any) -> str:
        seen.append(sql)
        return add_timeout(deadline, sql, **options)

    monkeypatch.setattr(Deadline, "with_statement_timeout", record)
    with Deadline().enforced(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO reservation_service (name, folded_name, description, duration_minutes, is_active, created_at)"
            " VALUES (%s, %s, '', 15, %s, '2030-01-01 00:00:00')",
            [("A", "a", True), ("B", "b", True)],
        )
    assert Service.objects.count() == 2
    assert [sql for sql in seen if sql.startswith("INSERT")] == []


TIMEOUT_OF_POSTGRESQL = "SELECT current_setting('statement_timeout')"


def timeout_of_postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute(TIMEOUT_OF_POSTGRESQL)
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="Other databases have no timeout in the session.")
@pytest.mark.parametrize("is_in_transaction", [False, True])
def test_the_statement_timeout_of_postgresql_is_reset_after_the_execution(
    is_in_transaction: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deadline, "seconds_left", 9.4999)
    with transaction.atomic() if is_in_transaction else nullcontext():
        with Deadline().enforced():
            assert timeout_of_postgresql() == "9500ms"
            assert timeout_outside_of_a_wrapper() == ("9500ms" if is_in_transaction else "0")
        assert timeout_of_postgresql() == "0"
    assert timeout_of_postgresql() == "0"


def timeout_outside_of_a_wrapper() -> str:
    return str(connection.connection.execute(TIMEOUT_OF_POSTGRESQL).fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="Only PostgreSQL aborts transactions.")
def test_a_failed_transaction_of_postgresql_leaves_no_statement_timeout() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), Deadline().enforced():
        connection.cursor().execute("SELECT missing")
    assert timeout_of_postgresql() == "0"


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_read_in_chunks_have_the_deadline_too(practice: Practice) -> None:
    with Deadline().enforced():
        assert [service.name for service in Service.objects.iterator(chunk_size=1)] == ["Cutting"]
    with Deadline(at=0).enforced(), pytest.raises(DeadlineExceeded):
        list(Service.objects.iterator(chunk_size=1))


@pytest.mark.parametrize(
    ("is_mariadb", "sql", "expected"),
    [
        (True, "SELECT 1", "SET STATEMENT max_statement_time=9.5 FOR SELECT 1"),
        (True, "UPDATE a SET b = 1", "SET STATEMENT max_statement_time=9.5 FOR UPDATE a SET b = 1"),
        (False, "SELECT a FROM b", "SELECT /*+ MAX_EXECUTION_TIME(9500) */ a FROM b"),
        (False, "(SELECT a) UNION (SELECT b)", "(SELECT /*+ MAX_EXECUTION_TIME(9500) */ a) UNION (SELECT b)"),
        (False, "UPDATE a SET b = (SELECT 1)", "UPDATE a SET b = (SELECT 1)"),
        (False, "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (1)"),
    ],
)
def test_a_statement_carries_its_timeout_to_the_server(
    is_mariadb: bool, sql: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deadline, "seconds_left", 9.5)
    assert Deadline().with_statement_timeout(sql, is_mariadb=is_mariadb).replace("9.500", "9.5") == expected
