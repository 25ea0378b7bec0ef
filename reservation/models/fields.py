"""Model fields that several models share. Each cleans its value as it validates it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from database.collations import ByteCharField, ComparedByBytes
from database.model_types import TypedCharField, TypedTextField
from reservation.text import (
    FORBIDDEN,
    FORBIDDEN_IN_NAMES,
    UNSEEN,
    normalise_name,
    normalise_prose,
    shows_something,
)
from reservation.time_zones import is_time_zone


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless this is the name of an IANA time zone."""
    if not is_time_zone(name):
        raise ValidationError("%(name)s is not an IANA time zone.", params={"name": name})


class TimeZoneField(ByteCharField):
    """The name of an IANA time zone, such as Europe/Paris."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs = {"max_length": 63, "default": "UTC", "validators": [validate_time_zone], **kwargs}
        super().__init__(*args, **kwargs)


def validate_name(name: str) -> None:
    """Raise ValidationError for a name that is not one line of visible text."""
    refuse(FORBIDDEN_IN_NAMES, name)
    if not shows_something(name):
        raise ValidationError("This shows nothing: write at least one visible character.", code="shows_nothing")


def validate_prose(text: str) -> None:
    """Raise ValidationError for a text with a character that is forbidden."""
    refuse(FORBIDDEN, text)


def refuse(forbidden: re.Pattern[str], text: str) -> None:
    """Raise ValidationError if the text has one of these characters."""
    if found := forbidden.search(text):
        raise ValidationError(
            "The character %(code)s at position %(position)d is not allowed: it is invisible, or a control.",
            code="forbidden_character",
            params={"code": f"U+{ord(found[0]):04X}", "position": found.start() + 1},
        )


LONGEST_FORM = 4
"""The most characters of which NFC makes one (UAX #15)."""


def normalised(text: str, *, normalise: Callable[[str], str], max_length: int | None) -> str:
    """The text, normalised unless it is too long in any form: it is left to be refused then.

    Normalising takes time by the square of the marks on a letter, seconds for 100 KB of them.
    """
    is_too_long = max_length is not None and len(text) > LONGEST_FORM * max_length
    return text if is_too_long else normalise(text)


class NameField(ComparedByBytes, TypedCharField):
    """One line of visible text: normalised (NFC), and stripped of what does not show at its ends, before it is
    validated. Look-ups are normalised, too."""

    default_validators = [validate_name]  # noqa: RUF012 # as Django declares it

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if not isinstance(value, str):
            return value
        return normalised(value.strip(UNSEEN), normalise=normalise_name, max_length=self.max_length)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return normalize("NFC", value) if isinstance(value, str) else value


class ProseField(ComparedByBytes, TypedTextField):
    """A text of bounded length: unlike Django's TextField, it validates `max_length` outside of forms too.

    In NFC, with line feeds in place of rarer line breaks, before it is validated.
    """

    default_validators = [validate_prose]  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(self.max_length))

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if not isinstance(value, str):
            return value
        return normalised(value, normalise=normalise_prose, max_length=self.max_length)


if TYPE_CHECKING:

    class OptionalProseField(models.TextField[str | None, str | None]):
        """A ProseField that may be null."""

else:
    OptionalProseField = ProseField
