"""An instance made of a row is the one that Django would have made of it."""

import copy
import pickle
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_init, pre_init

from database.fast_hydration import FastHydration
from reservation.models import Appointment, Client, Provider, Reservation, Service
from tests.factories import make_booking, make_service

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_app_config("reservation").get_models() if issubclass(model, FastHydration)]
EACH = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(autouse=True)
def rows() -> None:
    """One of each."""
    make_booking(service=make_service())


def read_twice(model: type[Model], *names: str) -> tuple[Any, Any]:
    """The same row as an instance of ours, and as one of Django's own."""
    attnames = names or tuple(field.attname for field in model._meta.concrete_fields)
    row = model._default_manager.values_list(*attnames).first()
    django_from_db: Any = Model.from_db
    return model.from_db("default", attnames, row), django_from_db.__func__(model, "default", attnames, row)


def test_the_models_are_those_that_are_read_most() -> None:
    assert set(MODELS) == {Appointment, Client, Provider, Reservation, Service}


@EACH
def test_nobody_would_miss_what_init_does(model: type[Model]) -> None:
    assert model.__init__ is Model.__init__
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)
    for field in model._meta.concrete_fields:
        # Of the descriptors, only that of a foreign key does anything when it is set: it forgets what was there before.
        is_set = hasattr(getattr(model, field.attname), "__set__")
        assert is_set == field.is_relation


@EACH
def test_an_instance_equals_the_one_that_django_makes(model: type[Model]) -> None:
    ours, theirs = read_twice(model)
    assert ours == theirs
    assert {**vars(ours), "_state": None} == {**vars(theirs), "_state": None}
    assert list(vars(ours)) == list(vars(theirs))
    for name in ("adding", "db", "fields_cache"):
        assert getattr(ours._state, name) == getattr(theirs._state, name)
    assert ours.get_deferred_fields() == set()
    for remade in (copy.copy, lambda instance: pickle.loads(pickle.dumps(instance))):
        one, other = remade(ours), remade(theirs)
        assert {**vars(one), "_state": None} == {**vars(other), "_state": None}


@EACH
def test_what_was_not_read_is_read_when_it_is_asked_for(model: type[Model], django_assert_num_queries: Any) -> None:
    name = next(field.attname for field in model._meta.concrete_fields if not field.primary_key)
    ours, theirs = read_twice(model, "id")
    assert ours.get_deferred_fields() == theirs.get_deferred_fields() != set()
    with django_assert_num_queries(1):
        value = getattr(ours, name)
    assert value == getattr(theirs, name)
    assert name not in ours.get_deferred_fields()


@EACH
def test_it_is_saved_and_refreshed(model: type[Model], django_assert_num_queries: Any) -> None:
    ours, theirs = read_twice(model)
    with django_assert_num_queries(1):
        ours.save(force_update=True)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert {**vars(ours), "_state": None} == {**vars(theirs), "_state": None}


def test_a_related_object_is_kept_until_its_key_changes(django_assert_num_queries: Any) -> None:
    reservation = Reservation.objects.select_related("provider").get()
    with django_assert_num_queries(0):
        assert reservation.provider.pk == reservation.provider_id
    reservation.provider_id += 1
    assert not Reservation.provider.is_cached(reservation)
