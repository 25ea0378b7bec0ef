"""Fast hydration: rows become instances without `Model.__init__`, which examines each field's arguments."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class FastHydration(models.Model):
    """A mixin for models that are read often. It may be used by a model that has

    - no `__init__` of its own,
    - no receiver of the signals pre_init and post_init,
    - no field whose descriptor converts what it is set to, as FileField's does.

    Fields that were not read are deferred, as in any model: they have no entry in the instance's `__dict__`.
    tests/database/test_fast_hydration.py checks this for every model that uses it.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> Self:
        instance = cls.__new__(cls)
        state = ModelState()
        state.adding = False
        state.db = db
        instance._state = state
        instance.__dict__.update(zip(field_names, values, strict=True))  # pyright: ignore[reportAttributeAccessIssue]
        return instance
