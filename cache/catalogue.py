"""Providers and services in Memcached: their public fields, read by everybody and changed rarely."""

import random
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

from cache.generations import current_generations, invalidate
from database.compiled_query import CompiledSelect
from reservation.models import Provider, Service
from reservation.models.public import public_fields

M = TypeVar("M", bound=Model)

CACHE = "catalogue"
CATALOGUE_GENERATION = "catalogue"

MAX_AGE_SECONDS = 10
"""How old a response can be at most, whatever was not invalidated: so old are a row and the response that is made of it
together, when both expire."""

TTL_SPREAD = 0.2
"""The share by which a TTL is randomly shorter, so that rows cached together do not expire together."""


class CachedRows(Generic[M]):
    """The cached rows of a model, as JSON lists of its public fields."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.fields = public_fields(model)
        self.version = sha256(" ".join(self.fields).encode()).hexdigest()[:8]
        self.select = CompiledSelect(self.build_select)

    def key(self, generation: str, pk: int) -> str:
        """Returns the key of a row, with a hash of the fields' names: another version of the code has another key."""
        return f"{generation}:{self.model._meta.model_name}:{self.version}:{pk}"

    def read(self, ids: Iterable[int]) -> dict[int, M]:
        """Returns the instances with these ids, as far as they exist, by id. Fields that are not public are deferred.

        A row that does not exist is not cached, so that made-up ids cannot fill Memcached. A cached value that is not
        a row is a miss.
        """
        ids = list(dict.fromkeys(ids))
        generation = current_generations([CATALOGUE_GENERATION]).get(CATALOGUE_GENERATION) if is_enabled() else None
        keys = {} if generation is None else {pk: self.key(generation, pk) for pk in ids}
        cached = caches[CACHE].get_many(keys.values()) if keys else {}
        rows = {pk: cached[key] for pk, key in keys.items() if self.is_row(cached.get(key))}
        if missing := [pk for pk in ids if pk not in rows]:
            loaded = self.load(missing)
            rows |= loaded
            seconds = row_ttl_seconds()
            if keys and loaded and seconds > 0:
                caches[CACHE].set_many({keys[pk]: row for pk, row in loaded.items()}, timeout=seconds)
        return {pk: self.model.from_db(DEFAULT_DB_ALIAS, self.fields, row) for pk, row in rows.items()}

    def load(self, ids: list[int]) -> dict[int, Any]:
        """The rows with these ids in the database, by id."""
        return {row[0]: row for row in self.select(ids=ids)}

    def build_select(self, ids: list[int]) -> QuerySet[M, tuple[Any, ...]]:
        return self.model._default_manager.filter(pk__in=ids).values_list(*self.fields)

    def is_row(self, value: Any) -> bool:
        return isinstance(value, list) and len(value) == len(self.fields)


def row_ttl_seconds() -> int:
    """Returns a TTL for rows, in seconds: what MAX_AGE_SECONDS leaves beside that of a response, or a little less."""
    longest = MAX_AGE_SECONDS - settings.GRAPHQL_RESPONSE_CACHE_SECONDS
    return round(longest * random.uniform(1 - TTL_SPREAD, 1))


PROVIDERS, SERVICES = CachedRows(Provider), CachedRows(Service)


def is_enabled() -> bool:
    """Returns whether rows may come from the cache. Not in a transaction: its changes are in the database only."""
    return bool(settings.MEMCACHED_URL) and not connection.in_atomic_block


def invalidate_catalogue() -> None:
    """Invalidates the cached rows of all providers and services."""
    invalidate([CATALOGUE_GENERATION])
