"""Instants in staff's time zone, which the admin site makes the current one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils import timezone

from reservation.instants import moment


def staff_moment(instant: datetime) -> str:
    """Returns the date, the time and the zone, by the clock of staff."""
    return moment(instant, timezone.get_current_timezone())


def instant_column(field: str, *, description: str | None = None) -> Callable[[Any, Any], str | None]:
    """Returns a method of an admin class that shows this field of a row, as a column or a read-only field.

    Django's own way to show the field has no zone, and fails at the end of the year 9999.
    """

    @admin.display(description=description or field.replace("_", " "), ordering=field)
    def shown(self: Any, row: Any) -> str | None:
        instant = getattr(row, field)
        return staff_moment(instant) if instant else None

    return shown
