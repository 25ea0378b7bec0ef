"""Fields that several models share."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models


@cache
def time_zone_names() -> frozenset[str]:
    """Every IANA time zone that this machine knows; read from its disk once."""
    return frozenset(available_timezones())


def validate_time_zone(name: str) -> None:
    """Refuse what is not the name of an IANA time zone."""
    if name not in time_zone_names():
        raise ValidationError("%(name)s is not an IANA time zone.", params={"name": name})


class TimeZoneField(models.CharField):
    """The name of an IANA time zone, such as Europe/Paris."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"max_length": 63, "default": "UTC", "validators": [validate_time_zone], **kwargs}
        super().__init__(*args, **kwargs)
