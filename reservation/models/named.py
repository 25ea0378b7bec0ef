"""Models whose rows are searched, and listed, by name."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import lookups

from database.collations import ByteCharField
from reservation.policy import MAX_NAME_LENGTH
from reservation.text import fold

M = TypeVar("M", bound=models.Model)

LAST_CHARACTER = "\U0010ffff"
"""It sorts after every other, and no text contains it."""


class FoldedField(ByteCharField):
    """The folded name, which searches and orders compare, so that both are the same on every database.

    Look-ups fold the text that they are given. A folded name is cut, should it be longer than the column.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"max_length": 2 * MAX_NAME_LENGTH, "default": "", "editable": False, **kwargs}
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        return self.folded(value) if isinstance(value, str) else value

    def folded(self, name: str) -> str:
        """The value for a row with this name."""
        return fold(name)[: self.max_length]

    def pre_save(self, model_instance: Any, add: bool) -> str:
        model_instance.folded_name = self.folded(model_instance.name)
        return str(model_instance.folded_name)


class FoldedText:
    """A mixin for look-ups: it folds the text to find."""

    def get_prep_lookup(self: Any) -> Any:
        return fold(self.rhs) if isinstance(self.rhs, str) else self.rhs


@FoldedField.register_lookup
class FoldedContains(FoldedText, lookups.Contains):
    pass


@FoldedField.register_lookup
class FoldedIContains(FoldedText, lookups.IContains):
    """What Django's admin searches by."""


@FoldedField.register_lookup
class FoldedStartsWith(FoldedText, lookups.StartsWith):
    """A range rather than LIKE: for that every database uses an index."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = compiler.compile(self.lhs)
        return f"({column} >= %s AND {column} < %s)", [*params, self.rhs, *params, f"{self.rhs}{LAST_CHARACTER}"]


class NamedQuerySet(models.QuerySet[M]):
    """Changes the folded name together with the name."""

    def update(self, **values: Any) -> int:
        if "name" in values and "folded_name" not in values:
            if not isinstance(values["name"], str):
                raise TypeError("A name is a text: its folded name cannot be computed by the database.")
            values["folded_name"] = fold_name(self.model, values["name"])
        return super().update(**values)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        objs, fields = tuple(objs), list(fields)
        if "name" in fields and "folded_name" not in fields:
            for row in objs:
                row.folded_name = fold_name(self.model, row.name)  # type: ignore[attr-defined]
            fields.append("folded_name")
        return super().bulk_update(objs, fields, batch_size)

    def by_name(self) -> Self:
        """Ordered by name, without case and accents."""
        return self.order_by("folded_name", "pk")


class Named(models.Model):
    """A mixin for models with a name."""

    name: Any
    folded_name = FoldedField(help_text="The name without case and accents, for searches and orders.")

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if "name" in self.__dict__:  # not deferred
            self.folded_name = fold_name(type(self), self.name)
        if update_fields is not None and "name" in (update_fields := set(update_fields)):
            update_fields.add("folded_name")
        super().save(*args, update_fields=update_fields, **kwargs)


def fold_name(model: type[models.Model], name: str) -> str:
    """The folded name of a row of this model."""
    field: Any = model._meta.get_field("folded_name")
    return str(field.folded(name))
