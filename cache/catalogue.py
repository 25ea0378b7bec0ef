"""Cached rows of providers and services: public, read by everybody and changed rarely."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from cache.cached_rows import Rows
from cache.generations import invalidate
from database.compiled_query import CompiledSelect
from reservation.models import Provider, Service
from reservation.models.public import public_fields

M = TypeVar("M", bound=Model)

CACHE = GENERATION = "catalogue"


def rows_of(model: type[Model]) -> Rows[int]:
    """The cached rows of a model: its public fields, by id.

    The key has a hash of the fields' names, so that no version of the code reads the rows of another one.
    """
    version = sha256(" ".join(public_fields(model)).encode()).hexdigest()[:8]
    noun, width = model._meta.model_name, len(public_fields(model))
    return Rows(
        CACHE,
        name=lambda pk: f"{noun}:{version}:{pk}",
        generation=lambda pk: GENERATION,
        is_ours=lambda value: isinstance(value, list) and len(value) == width,
    )


PROVIDERS, SERVICES = rows_of(Provider), rows_of(Service)


def read_providers(ids: Iterable[int]) -> dict[int, Provider]:
    """The providers with these ids, as far as they exist, by id."""
    return read_models(PROVIDERS, Provider, ids)


def read_services(ids: Iterable[int]) -> dict[int, Service]:
    """The services with these ids, as far as they exist, by id."""
    return read_models(SERVICES, Service, ids)


def read_models(rows: Rows[int], model: type[M], ids: Iterable[int]) -> dict[int, M]:
    def load(missing: list[int]) -> dict[int, Any]:
        return {row[0]: row for row in select_public(model)(ids=missing)}

    found = rows.read(ids, load)
    return {pk: model.from_db(DEFAULT_DB_ALIAS, public_fields(model), values) for pk, values in found.items()}


@cache
def select_public(model: type[M]) -> CompiledSelect[..., tuple[Any, ...]]:
    """The public fields of the rows with these ids."""
    return CompiledSelect(lambda ids: model._default_manager.filter(pk__in=ids).values_list(*public_fields(model)))


def invalidate_catalogue() -> None:
    """What is kept of the catalogue is over."""
    invalidate([GENERATION])
