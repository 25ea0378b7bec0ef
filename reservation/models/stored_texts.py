"""Brings texts that are stored already to the rules of `reservation/text.py`, and renews folded names."""

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from reservation.models.fields import NameField, ProseField
from reservation.models.named import FoldedField
from reservation.text import repair_name, repair_prose, shows_something

BATCH_SIZE = 500


@dataclass
class Cleaning:
    """What was done to the rows of a model.

    undecided: the primary key and the field of each text that was left as it is, because what would remain of it shows
    nothing or is too long.
    """

    changed: int = 0
    undecided: list[tuple[int, str]] = field(default_factory=list)


def clean_stored_texts(model: type[Model]) -> Cleaning:
    """Leaves out of all names and texts of the model what the rules forbid, and normalises them.

    Nothing that shows is lost. It may run again, and while the application serves: each batch of rows is locked.
    """
    fields = [one for one in model._meta.local_fields if isinstance(one, NameField | ProseField | FoldedField)]
    rows = model._default_manager.filter(reduce(Q.__or__, (Q(**{f"{one.name}__gt": ""}) for one in fields)))
    cleaning, last = Cleaning(), 0
    while True:
        with transaction.atomic():
            batch: list[Any] = list(rows.filter(pk__gt=last).order_by("pk").select_for_update()[:BATCH_SIZE])
            if not batch:
                return cleaning
            changed = [row for row in batch if clean_row(row, fields, cleaning)]
            if changed:
                model._default_manager.bulk_update(changed, [one.name for one in fields], batch_size=BATCH_SIZE)
            cleaning.changed += len(changed)
            last = batch[-1].pk


def clean_row(row: Any, fields: list[Any], cleaning: Cleaning) -> bool:
    """Cleans the texts of this instance, which is not saved. Returns whether any of them has changed."""
    before = {one.name: getattr(row, one.name) for one in fields}
    for one in fields:
        text = before[one.name]
        if not text or isinstance(one, FoldedField):
            continue
        repaired = repair_name(text) if isinstance(one, NameField) else repair_prose(text)
        is_empty = isinstance(one, NameField) and not one.blank and not shows_something(repaired)
        if is_empty or len(repaired) > (one.max_length or 0):
            cleaning.undecided.append((row.pk, one.name))
        else:
            setattr(row, one.name, repaired)
    for one in fields:
        if isinstance(one, FoldedField):
            row.folded_name = one.folded(row.name)
    return before != {one.name: getattr(row, one.name) for one in fields}
