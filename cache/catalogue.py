"""Providers and services, and who offers what: read by everybody, changed rarely, and nobody's own."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from cache.cached_rows import Rows
from cache.generations import invalidate
from database.compiled_query import CompiledSelect
from reservation.models import Provider, Service

M = TypeVar("M", bound=Model)

CACHE = GENERATION = "catalogue"

PUBLIC_FIELDS: dict[type[Model], tuple[str, ...]] = {
    Provider: ("id", "name", "bio", "time_zone", "is_active"),
    Service: ("id", "name", "description", "duration_minutes", "is_active"),
}
"""What is kept of each. Another field is read from the database when it is asked for."""


def catalogue(noun: str, is_ours: Callable[[Any], bool]) -> Rows[int]:
    return Rows(CACHE, name=lambda pk: f"{noun}:{pk}", generation=lambda pk: GENERATION, is_ours=is_ours)


def is_row_of(model: type[Model]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and len(value) == len(PUBLIC_FIELDS[model])


PROVIDERS, SERVICES = catalogue("provider", is_row_of(Provider)), catalogue("service", is_row_of(Service))


def read_providers(ids: Iterable[int]) -> dict[int, Provider]:
    """Those of these providers that there are, by id."""
    return read_models(PROVIDERS, Provider, ids)


def read_services(ids: Iterable[int]) -> dict[int, Service]:
    """Those of these services that there are, by id."""
    return read_models(SERVICES, Service, ids)


def read_models(rows: Rows[int], model: type[M], ids: Iterable[int]) -> dict[int, M]:
    fields = PUBLIC_FIELDS[model]

    def load(missing: list[int]) -> dict[int, Any]:
        return {row[0]: row for row in select_public(model)(ids=missing)}

    found = rows.read(ids, load)
    return {pk: model.from_db(DEFAULT_DB_ALIAS, fields, values) for pk, values in found.items()}


@cache
def select_public(model: type[M]) -> CompiledSelect[..., tuple[Any, ...]]:
    """What is kept of the rows with these ids."""
    return CompiledSelect(lambda ids: model._default_manager.filter(pk__in=ids).values_list(*PUBLIC_FIELDS[model]))


def invalidate_catalogue() -> None:
    """What is kept of the catalogue is over."""
    invalidate([GENERATION])
