"""Model fields that several models share. Each cleans its value as it validates it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models

from reservation.time_zones import is_time_zone


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless this is the name of an IANA time zone."""
    if not is_time_zone(name):
        raise ValidationError("%(name)s is not an IANA time zone.", params={"name": name})


class TimeZoneField(models.CharField):
    """The name of an IANA time zone, such as Europe/Paris."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"max_length": 63, "default": "UTC", "validators": [validate_time_zone], **kwargs}
        super().__init__(*args, **kwargs)


class NameField(models.CharField):
    """A line of text, stripped of white space at its ends before it is validated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators.append(ProhibitNullCharactersValidator())

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.strip() if isinstance(value, str) else value


class ProseField(models.TextField):
    """A text of bounded length: unlike Django's TextField, it validates `max_length` outside of forms too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators += [MaxLengthValidator(self.max_length), ProhibitNullCharactersValidator()]
