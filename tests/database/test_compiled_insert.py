"""An INSERT that is written once saves what `save` would, and tells whom it would tell."""

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

pytestmark = pytest.mark.django_db


def reservation(**fields: Any) -> Reservation:
    given = {"starts_at": TOMORROW, "ends_at": TOMORROW + minutes(15), "status": Status.PENDING, "expires_at": NOW}
    return Reservation(**{**given, "created_at": NOW, **fields})


def rows() -> list[Model]:
    """Rows of every kind that is inserted so; each call makes them anew."""
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


def test_it_inserts_what_save_inserts(django_assert_num_queries: Any) -> None:
    inserts = {model: CompiledInsert(model) for model in (Reservation, ReservationEvent, IdempotencyKey)}
    for instance in rows():
        saved = type(instance)(**{field.attname: getattr(instance, field.attname) for field in instance._meta.fields})
        with django_assert_num_queries(1):
            assert inserts[type(instance)](instance) is instance
        ours = type(instance)._default_manager.get(pk=instance.pk)
        assert model_to_dict(ours) == model_to_dict(instance)
        assert (instance._state.adding, instance._state.db) == (False, "default")
        ours.delete()  # some of it is single
        saved.save(force_insert=True)
        theirs = type(saved)._default_manager.get(pk=saved.pk)
        assert saved.pk > instance.pk
        assert model_to_dict(ours, exclude=["id"]) == model_to_dict(theirs, exclude=["id"])


def test_who_listens_is_told_as_by_save() -> None:
    told: list[Any] = []

    def listen(signal: Any, **said: Any) -> None:
        told.append((signal, said.pop("instance").pk is None, sorted(said.items(), key=lambda item: item[0])))

    who = {"client": make_client(), "provider": make_provider()}
    for signal in (pre_save, post_save):
        signal.connect(listen, sender=Reservation)
    try:
        CompiledInsert(Reservation)(reservation(**who))
        reservation(**who).save(force_insert=True)
    finally:
        for signal in (pre_save, post_save):
            signal.disconnect(listen, sender=Reservation)
    assert len(told) == 4
    assert told[:2] == told[2:]


def test_after_an_insert_that_failed_the_transaction_is_rolled_back_and_the_next_one_works() -> None:
    insert, who = CompiledInsert(Reservation), {"client": make_client(), "provider": make_provider()}
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(reservation(**who, status="UNKNOWN"))
        assert connection.needs_rollback
        transaction.set_rollback(True)
    assert insert(reservation(**who)).pk == Reservation.objects.get().pk
