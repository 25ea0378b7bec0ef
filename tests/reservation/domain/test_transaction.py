"""Transactions that are retried as a whole when they lose a race."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.db.utils import ConnectionHandler

from reservation.domain.transaction import TRIES, Conflict, lost_race, transact
from reservation.models import Client, Service
from tests.factories import make_client, make_service

LOST_RACES = [
    Conflict(),
    OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction"),
    OperationalError(1205, "Lock wait timeout exceeded; try restarting transaction"),
    OperationalError(1020, "Record has changed since last read in table"),
    OperationalError(1047, "WSREP has not yet prepared node for application use"),
]

OTHER_ERRORS = [
    OperationalError(2006, "Server has gone away"),
    OperationalError(2013, "Lost connection to server during query"),
    OperationalError(1180, "Got error during COMMIT"),
    IntegrityError(1062, "Duplicate entry"),
    DatabaseError(),
    DatabaseError("a text first", 1213),
    ValueError(1213),
    KeyError(),
]


class Work:
    """Adds a service, and then raises the next of these errors. Counts its calls."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        make_service(name=f"try {self.calls}")
        if self.errors:
            raise self.errors.pop(0)
        return self.calls


def committed_tries() -> list[str]:
    return list(Service.objects.order_by("pk").values_list("name", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", LOST_RACES, ids=str)
def test_transact_retries_after_a_lost_race(error: Exception) -> None:
    work = Work(error)
    assert transact(work) == 2
    assert committed_tries() == ["try 2"]


@pytest.mark.django_db(transaction=True)
def test_transact_gives_up_after_five_tries() -> None:
    succeeding, failing = Work(*[Conflict() for _ in range(4)]), Work(*[Conflict() for _ in range(6)])
    assert transact(succeeding) == TRIES == 5
    assert committed_tries() == ["try 5"]
    with pytest.raises(Conflict):
        transact(failing)
    assert failing.calls == 5
    assert committed_tries() == ["try 5"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", OTHER_ERRORS, ids=repr)
def test_transact_does_not_retry_after_another_error(error: Exception) -> None:
    work = Work(error)
    with pytest.raises(type(error)) as caught:
        transact(work)
    assert caught.value is error
    assert work.calls == 1
    assert committed_tries() == []


@pytest.mark.django_db(transaction=True)
def test_transact_runs_once_in_an_open_transaction() -> None:
    work = Work(Conflict())
    with transaction.atomic():
        make_service(name="before")
        with pytest.raises(Conflict):
            transact(work)
        make_service(name="after")
    assert work.calls == 1
    assert committed_tries() == ["before", "after"]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[ConnectionHandler]:
    """Two connections to one SQLite file, on any test database; neither waits for a lock of the other."""
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "file.sqlite3", "OPTIONS": {"timeout": 0}}
    files = ConnectionHandler({"default": file, "other": {**file}})
    yield files
    files.close_all()


@pytest.mark.django_db
def test_a_busy_sqlite_is_a_lost_race(files: ConnectionHandler) -> None:
    files["default"].cursor().execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked") as caught:
        files["other"].cursor().execute("BEGIN IMMEDIATE")
    assert lost_race(caught.value)


@pytest.mark.django_db
def test_a_mistake_in_sqlite_is_no_lost_race(files: ConnectionHandler) -> None:
    with pytest.raises(OperationalError, match="no such table") as caught:
        files["default"].cursor().execute("SELECT * FROM missing")
    assert not lost_race(caught.value)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("40001", True), ("40P01", True), ("55P03", True), ("57014", False), ("23505", False), (None, False)],
)
def test_a_lost_race_on_postgresql_is_recognised_by_its_sqlstate(state: str | None, expected: bool) -> None:
    class DriverError(Exception):
        sqlstate = state

    error = OperationalError("could not serialize access")
    error.__cause__ = DriverError()
    assert bool(lost_race(error)) is expected


@pytest.mark.django_db(transaction=True)
def test_a_lock_wait_timeout_is_a_lost_race() -> None:
    """The settings wait five seconds for a lock; this transaction waits one."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite locks no row")
    limit = {"mysql": "SET SESSION innodb_lock_wait_timeout = 1", "postgresql": "SET lock_timeout = '1s'"}
    client, other = make_client(), connection.copy()
    try:
        with other.cursor() as cursor, transaction.atomic():
            Client.objects.filter(pk=client.pk).update(claim_count=1)
            cursor.execute(limit[connection.vendor])
            with pytest.raises(OperationalError) as caught:
                cursor.execute("UPDATE reservation_client SET claim_count = 2 WHERE id = %s", [client.pk])
    finally:
        other.close()
    assert lost_race(caught.value) == "lock wait"


@pytest.mark.django_db(transaction=True)
def test_a_real_deadlock_is_retried_until_both_transactions_commit() -> None:
    """Two transactions write the same two rows in opposite order; the barrier makes sure that they deadlock."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: it has no deadlocks")
    rows = [make_client().pk, make_client().pk]
    meeting = threading.Barrier(2)
    tries: list[int] = []

    def write(client_id: int) -> None:
        Client.objects.filter(pk=client_id).update(claim_count=F("claim_count") + 1)

    def write_both(first: int, second: int) -> None:
        has_met = False

        def work() -> None:
            nonlocal has_met
            tries.append(first)
            write(first)
            if not has_met:
                has_met = True
                meeting.wait(timeout=30)
            write(second)

        try:
            transact(work)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_both, args=order) for order in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tries) == 3
    assert list(Client.objects.order_by("pk").values_list("claim_count", flat=True)) == [2, 2]
