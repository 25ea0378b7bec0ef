"""A compiled INSERT saves the same row as `save(force_insert=True)`, and sends the same signals."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.forms import model_to_dict

from database.compiled_insert import CompiledInsert
from reservation.models import EventKind, IdempotencyKey, Reservation, ReservationEvent
from reservation.policy import Status
from tests.factories import NOW, TOMORROW, make_client, make_hold, make_provider, make_service, make_user, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_compiled")]


def reservation(**fields: Any) -> Reservation:
    given = {"starts_at": TOMORROW, "ends_at": TOMORROW + minutes(15), "status": Status.PENDING, "expires_at": NOW}
    return Reservation(**{**given, "created_at": NOW, **fields})


def rows() -> list[Model]:
    """New instances of every model that is inserted this way."""
    who = {"client": make_client(), "provider": make_provider()}
    event = {
        "reservation": make_hold(),
        "kind": EventKind.HELD,
        "occurred_at": NOW,
        "after": {"note": "Ö'%s", "n": [1]},
    }
    return [
        reservation(**who),
        reservation(**who, service=make_service(), note="Ö'%s"),
        ReservationEvent(**event),
        ReservationEvent(**event, before={}, user=make_user()),
        IdempotencyKey(user=make_user(), key_hash="%s", input_hash="'", result=2**62, created_at=NOW),
    ]


def test_insert_saves_the_same_row_as_save(django_assert_num_queries: Any) -> None:
    inserts = {model: CompiledInsert(model) for model in (Reservation, ReservationEvent, IdempotencyKey)}
    for instance in rows():
        saved = type(instance)(**{field.attname: getattr(instance, field.attname) for field in instance._meta.fields})
        with django_assert_num_queries(1):
            assert inserts[type(instance)](instance) is instance
        inserted = type(instance)._default_manager.get(pk=instance.pk)
        assert model_to_dict(inserted) == model_to_dict(instance)
        assert (instance._state.adding, instance._state.db) == (False, "default")
        inserted.delete()  # some columns are unique
        saved.save(force_insert=True)
        expected = type(saved)._default_manager.get(pk=saved.pk)
        assert saved.pk > instance.pk
        assert model_to_dict(inserted, exclude=["id"]) == model_to_dict(expected, exclude=["id"])


def test_insert_sends_the_signals_of_save() -> None:
    received: list[Any] = []

    def receive(signal: Any, **arguments: Any) -> None:
        is_new = arguments.pop("instance").pk is None
        received.append((signal, is_new, sorted(arguments.items(), key=lambda item: item[0])))

    who = {"client": make_client(), "provider": make_provider()}
    for signal in (pre_save, post_save):
        signal.connect(receive, sender=Reservation)
    try:
        CompiledInsert(Reservation)(reservation(**who))
        reservation(**who).save(force_insert=True)
    finally:
        for signal in (pre_save, post_save):
            signal.disconnect(receive, sender=Reservation)
    assert len(received) == 4
    assert received[:2] == received[2:]


def test_a_failed_insert_marks_the_transaction_for_rollback_and_the_next_one_works() -> None:
    insert, who = CompiledInsert(Reservation), {"client": make_client(), "provider": make_provider()}
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(reservation(**who, status="UNKNOWN"))
        assert connection.needs_rollback
        transaction.set_rollback(True)
    assert insert(reservation(**who)).pk == Reservation.objects.get().pk
