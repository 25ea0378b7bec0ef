"""The fields that staff edits, derived from the model, so that forms and files get a new field without more code."""

from collections.abc import Iterable

from django.db.models import Model

NOT_EDITED = ("user", "created_at")
"""Set by the command that creates the row."""


def editable_fields(model: type[Model], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """Returns the names of the editable fields, in the order of the model; many-to-many fields are last."""
    fields = (*model._meta.fields, *model._meta.many_to_many)
    editable = (field.name for field in fields if field.editable and not field.primary_key)
    return tuple(name for name in editable if name not in (*NOT_EDITED, *without))


def in_lines(names: Iterable[str], lines: Iterable[tuple[str, ...]]) -> list[str | tuple[str, ...]]:
    """Returns the names for a fieldset of Django's admin, where the fields of each line stand side by side."""
    present = list(names)
    line_of = {name: tuple(other for other in line if other in present) for line in lines for name in line}
    return list(dict.fromkeys(line_of.get(name, name) for name in present))
