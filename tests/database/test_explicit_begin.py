"""Transactions on MySQL and MariaDB take two round trips, and leave autocommit as it was."""

import pytest
from django.db import connection, transaction

from reservation.models import Service
from tests.factories import make_service

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "mysql", reason="Other databases keep Django's own way."),
]

ROUND_TRIPS = ("Com_begin", "Com_commit", "Com_rollback", "Com_set_option")


def sent() -> list[int]:
    """How many of these statements this connection has sent so far."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS WHERE Variable_name LIKE 'Com_%%'", ())
        numbers = dict(cursor.fetchall())
    return [int(numbers[name]) for name in ROUND_TRIPS]


def has_autocommit() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@autocommit")
        return bool(cursor.fetchone()[0])


class Wrong(Exception):
    pass


@transaction.atomic
def make_and_fail() -> None:
    make_service()
    raise Wrong


def test_a_transaction_begins_with_one_statement_and_ends_with_one() -> None:
    before = sent()
    with transaction.atomic():
        make_service()
    assert [now - then for now, then in zip(sent(), before, strict=True)] == [1, 1, 0, 0]
    assert has_autocommit()
    assert Service.objects.count() == 1


def test_a_failed_transaction_is_rolled_back() -> None:
    before = sent()
    with pytest.raises(Wrong):
        make_and_fail()
    assert [now - then for now, then in zip(sent(), before, strict=True)] == [1, 0, 1, 0]
    assert has_autocommit()
    assert not Service.objects.exists()


def test_a_statement_after_a_transaction_is_committed_by_itself() -> None:
    with transaction.atomic():
        make_service()
    make_service()
    connection.close()  # this rolls back what is not committed
    assert Service.objects.count() == 2


def test_autocommit_can_be_turned_off() -> None:
    transaction.set_autocommit(False)
    try:
        assert not has_autocommit()
        make_service()
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    assert has_autocommit()
    assert not Service.objects.exists()
