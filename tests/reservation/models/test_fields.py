"""Fields that several models share."""

import pytest
from django.core.exceptions import ValidationError

from reservation.models.fields import NameField, ProseField, TimeZoneField, validate_time_zone
from reservation.time_zones import time_zone_names


@pytest.mark.parametrize(
    "name",
    ["", "utc", "localtime", "Factory", "posix/UTC", "Europe/Atlantis", "+02:00", "Europe/Paris ", "/etc/localtime"],
)
def test_validate_time_zone_refuses_unknown_names(name: str) -> None:
    with pytest.raises(ValidationError, match="is not an IANA time zone"):
        validate_time_zone(name)


def test_a_time_zone_is_utc_by_default() -> None:
    assert TimeZoneField().get_default() == "UTC"
    assert max(map(len, time_zone_names())) <= 63


def test_a_name_is_a_text_without_space_around_it() -> None:
    field = NameField(max_length=5)
    assert field.clean("  Ada \n", None) == "Ada"
    assert field.clean(" " * 9 + "x" * 5, None) == "xxxxx"
    for wrong in ("", " \t", "x" * 6, "a\0b"):
        with pytest.raises(ValidationError):
            field.clean(wrong, None)


def test_a_name_may_be_blank_when_the_field_says_so() -> None:
    assert NameField(max_length=5, blank=True).clean("  ", None) == ""


def test_a_prose_field_has_a_maximum_length_and_is_unchanged() -> None:
    field = ProseField(max_length=5, blank=True)
    assert [field.clean(text, None) for text in ("", "  a\r\n")] == ["", "  a\r\n"]
    for wrong in ("x" * 6, "a\0b"):
        with pytest.raises(ValidationError):
            field.clean(wrong, None)
