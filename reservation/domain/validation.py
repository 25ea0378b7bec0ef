"""Validation of arguments that several commands and queries share."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model

from reservation.domain.errors import InvalidInput
from reservation.policy import MAX_NAME_LENGTH
from reservation.time_zones import greatest_set_back


def check_fields(instance: Model, fields: Collection[str], *, argument: str | None = None) -> None:
    """Validate these fields of an instance as the model describes them, and strip its texts.

    argument: the name of the caller's argument, where it is not the field's.
    Raises InvalidInput for the first invalid one.
    """
    excluded = {field.name for field in instance._meta.fields} - set(fields)
    try:
        instance.clean_fields(exclude=excluded)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(messages), field=argument or field) from error


def check_search(search: str | None) -> None:
    """Raise InvalidInput for a text that no name can contain: too long, or with a NUL character."""
    if search is not None and (len(search) > MAX_NAME_LENGTH or "\0" in search):
        raise InvalidInput(f"Search for at most {MAX_NAME_LENGTH} characters, none of them NUL.", field="search")


def check_order(*, starts_at: datetime, ends_at: datetime, ends_field: str) -> None:
    """Raise InvalidInput for an interval that is empty or backwards."""
    if ends_at <= starts_at:
        raise InvalidInput("The interval ends before it has started.", field=ends_field)


def check_interval(*, starts_at: datetime, ends_at: datetime, ends_field: str = "ends_at") -> None:
    """Raise InvalidInput for an interval that is empty, backwards or longer than the policy allows.

    The policy counts days of whatever zone the caller has: where clocks are set back, they are an hour longer.
    """
    check_order(starts_at=starts_at, ends_at=ends_at, ends_field=ends_field)
    longest = settings.RESERVATION_POLICY.max_interval
    excess = ends_at - starts_at - longest
    if excess > timedelta(0) and excess > greatest_set_back(starts_at, ends_at):
        raise InvalidInput(f"The interval is longer than {longest.days} days.", field=ends_field)


def check_slots(*, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise InvalidInput for an interval that is off the grid, in the past, empty, backwards or too long."""
    policy = settings.RESERVATION_POLICY
    for field, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not policy.is_on_grid(instant):
            raise InvalidInput(f"Not on the grid of {policy.appointment_minutes} minutes.", field=field)
    check_interval(starts_at=starts_at, ends_at=ends_at)
    if starts_at < now:
        raise InvalidInput("The interval starts in the past.", field="starts_at")


def set_given(instance: Model, **values: object) -> set[str]:
    """Set the fields for which a value was given, that is, not None; returns their names."""
    given = {name: value for name, value in values.items() if value is not None}
    for name, value in given.items():
        setattr(instance, name, value)
    return set(given)
