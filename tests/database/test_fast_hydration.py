"""Fast hydration makes the same instances as Django."""

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
    """A row of each model."""
    make_booking(service=make_service())


def read_twice(model: type[Model], *names: str) -> tuple[Any, Any]:
    """The same row hydrated fast, and by Django."""
    attnames = names or tuple(field.attname for field in model._meta.concrete_fields)
    row = model._default_manager.values_list(*attnames).first()
    plain_from_db: Any = Model.from_db
    return model.from_db("default", attnames, row), plain_from_db.__func__(model, "default", attnames, row)


def test_the_models_that_are_read_most_use_fast_hydration() -> None:
    assert set(MODELS) == {Appointment, Client, Provider, Reservation, Service}


@EACH
def test_the_model_meets_the_conditions_of_the_mixin(model: type[Model]) -> None:
    assert model.__init__ is Model.__init__
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)
    for field in model._meta.concrete_fields:
        # Only the descriptor of a foreign key does anything when it is set: it drops the cached object.
        is_set = hasattr(getattr(model, field.attname), "__set__")
        assert is_set == field.is_relation


@EACH
def test_an_instance_equals_the_one_of_django(model: type[Model]) -> None:
    fast, django = read_twice(model)
    assert fast == django
    assert {**vars(fast), "_state": None} == {**vars(django), "_state": None}
    assert list(vars(fast)) == list(vars(django))
    for name in ("adding", "db", "fields_cache"):
        assert getattr(fast._state, name) == getattr(django._state, name)
    assert fast.get_deferred_fields() == set()
    for remade in (copy.copy, lambda instance: pickle.loads(pickle.dumps(instance))):
        one, other = remade(fast), remade(django)
        assert {**vars(one), "_state": None} == {**vars(other), "_state": None}


@EACH
def test_a_deferred_field_is_read_on_access(model: type[Model], django_assert_num_queries: Any) -> None:
    name = next(field.attname for field in model._meta.concrete_fields if not field.primary_key)
    fast, django = read_twice(model, "id")
    assert fast.get_deferred_fields() == django.get_deferred_fields() != set()
    with django_assert_num_queries(1):
        value = getattr(fast, name)
    assert value == getattr(django, name)
    assert name not in fast.get_deferred_fields()


@EACH
def test_an_instance_can_be_saved_and_refreshed(model: type[Model], django_assert_num_queries: Any) -> None:
    fast, django = read_twice(model)
    with django_assert_num_queries(1):
        fast.save(force_update=True)
    fast.refresh_from_db()
    django.refresh_from_db()
    assert {**vars(fast), "_state": None} == {**vars(django), "_state": None}


def test_a_related_object_is_cached_until_its_key_changes(django_assert_num_queries: Any) -> None:
    reservation = Reservation.objects.select_related("provider").get()
    with django_assert_num_queries(0):
        assert reservation.provider.pk == reservation.provider_id
    reservation.provider_id += 1
    assert not Reservation.provider.is_cached(reservation)
