"""Fields that several models share."""
# ruff: noqa: RUF001 # texts of many scripts

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


INVISIBLE = ["\u200b\u2060", "\u3164", "\u2800", "\u115f\u1160", "\ufe0f", "\u00ad", "\U000e0041", "\u2003", "\u034f"]
FORBIDDEN = [
    *("a\0b", "Emil\u000bFischer", "a\x1bb", "a\x7fb", "a\x85b", "a\x9fb"),
    *("\u202eLena", "a\u202ab", "a\u2066b", "Emil\ufffeX", "a\uffffb", "a\ufdd0b", "a\U0001ffffb", "a\ud800b"),
]


@pytest.mark.parametrize("name", [*INVISIBLE, *FORBIDDEN, "a\nb", "a\tb", "a\rb", "a\u2028b"], ids=ascii)
def test_a_name_is_one_line_of_visible_text(name: str) -> None:
    for field in (NameField(max_length=50), NameField(max_length=50, blank=True)):
        try:
            assert field.clean(name, None) == "", "only what is stripped may remain"
        except ValidationError as error:
            assert error.error_list[0].code in ("blank", "shows_nothing", "forbidden_character")  # noqa: PT017


VISIBLE = [
    "👩\u200d🔬",
    "می\u200cخواهم",
    "🏴\U000e0067\U000e0062\U000e007f",
    "\u200fדוד\u200f",
    "李",
    "\u0301",
    "\U0001fae9",
    "-",
]


@pytest.mark.parametrize("name", VISIBLE, ids=ascii)
def test_a_name_may_have_joiners_and_marks_of_direction(name: str) -> None:
    assert NameField(max_length=50).clean(name, None) == name


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("Jose\u0301", "Jos\u00e9"),
        ("\u202d+49 30\u202c", "+49 30"),
        ("\u2068Ada\u2069", "Ada"),
        ("\ufeff Ada\u200b\n", "Ada"),
    ],
    ids=ascii,
)
def test_a_name_is_normalised(given: str, cleaned: str) -> None:
    assert NameField(max_length=50).clean(given, None) == cleaned
    assert NameField(max_length=50).get_prep_value("Jose\u0301") == "Jos\u00e9"


@pytest.mark.parametrize("text", [*FORBIDDEN[:3], *FORBIDDEN[6:]], ids=ascii)
def test_a_prose_field_refuses_controls(text: str) -> None:
    field = ProseField(max_length=50)
    if "\u000b" in text:  # what word processors paste
        assert field.clean(text, None) == "Emil\nFischer"
        return
    with pytest.raises(ValidationError) as caught:
        field.clean(text, None)
    assert caught.value.error_list[0].code == "forbidden_character"
    assert f"U+{next(ord(one) for one in text if not one.isalpha()):04X}" in caught.value.messages[0]


@pytest.mark.parametrize(
    ("given", "cleaned"), [("a\n\tb\r\nc", "a\n\tb\r\nc"), ("a\u2028b", "a\nb"), ("e\u0301", "\u00e9")]
)
def test_prose_is_normalised(given: str, cleaned: str) -> None:
    assert ProseField(max_length=50).clean(given, None) == cleaned


def test_a_name_may_be_blank_when_the_field_says_so() -> None:
    assert NameField(max_length=5, blank=True).clean("  ", None) == ""


def test_a_prose_field_has_a_maximum_length_and_is_unchanged() -> None:
    field = ProseField(max_length=5, blank=True)
    assert [field.clean(text, None) for text in ("", "  a\r\n")] == ["", "  a\r\n"]
    for wrong in ("x" * 6, "a\0b"):
        with pytest.raises(ValidationError):
            field.clean(wrong, None)


def test_a_text_that_is_too_long_in_any_form_is_refused_without_being_normalised() -> None:
    """Normalising marks takes time by the square of their number. Of four characters, NFC may make one."""
    four = "\u03b1\u0313\u0300\u0345"
    for field in (NameField(max_length=5), ProseField(max_length=5)):
        assert field.clean(four * 5, None) == "\u1f82" * 5
        assert field.to_python(four * 6) == four * 6
        with pytest.raises(ValidationError, match="at most 5 characters"):
            field.clean(four * 6, None)
    assert NameField(max_length=5).clean(f" \u200b{' ' * 50}e\u0301 ", None) == "\u00e9"
