"""What type checkers without a plugin for Django, such as pyright, cannot tell of a model: see decision 46.

    starts_at: Instant = models.DateTimeField()
    objects = manager_of(AppointmentQuerySet)

At run time each type of a field is a text, since Django's fields take no type arguments.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from django.db import models

Instant: TypeAlias = "models.DateTimeField[datetime, datetime]"
OptionalInstant: TypeAlias = "models.DateTimeField[datetime | None, datetime | None]"
Flag: TypeAlias = "models.BooleanField[bool, bool]"
Integer: TypeAlias = "models.IntegerField[int, int]"
Json: TypeAlias = "models.JSONField[Any, Any]"

if TYPE_CHECKING:
    TypedCharField = models.CharField[str, str]
    TypedEmailField = models.EmailField[str, str]
    TypedTextField = models.TextField[str | None, str]
else:
    TypedCharField, TypedEmailField, TypedTextField = models.CharField, models.EmailField, models.TextField

Q = TypeVar("Q", bound=models.QuerySet[Any])


def manager_of(queryset: type[Q]) -> Q:
    """Returns a manager with the methods of this QuerySet, for which type checkers take it: they know no such class.

    It has no `delete`, no length and no items; mypy, whose plugin knows the real class, refuses them.
    """
    return cast("Q", queryset.as_manager())
