"""Rows become instances without `__init__`, which looks at each field to find out what it was given."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class FastHydration(models.Model):
    """For a model that has no `__init__` of its own, no receiver of pre_init or post_init, and no field that converts
    what it is set to. A field that was not read is deferred, as always: it is not there."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> Self:
        instance = cls.__new__(cls)
        state = ModelState()
        state.adding = False
        state.db = db
        instance._state = state
        instance.__dict__.update(zip(field_names, values, strict=True))
        return instance
