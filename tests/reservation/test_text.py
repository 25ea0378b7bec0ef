"""What a text may contain, and how searches and orders compare names."""
# ruff: noqa: RUF001 # texts of many scripts

import re
import resource
import subprocess
import sys
import xml.dom.minidom
from unicodedata import is_normalized, normalize
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reservation.text import (
    FORBIDDEN,
    FORBIDDEN_IN_NAMES,
    UNSEEN,
    fold,
    normalise_name,
    repair_name,
    repair_prose,
    shows_something,
)

TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("jose nunez", ["José Nuñez", "Jose\u0301 Nun\u0303ez", "JOSÉ\u00a0NUÑEZ", "Jos\u200be  Nunez"]),
        ("weiss", ["Weiß", "WEISS", "WEIẞ"]),
        ("lukasz", ["Łukasz"]),
        ("soren", ["Søren", "Søren"]),
        ("istanbul", ["İstanbul", "ISTANBUL", "\u0131stanbul"]),
        ("o'brien-li", ["O\u2019Brien\u2010Li"]),
        ("'n-b", ["\u0149-b", "\u2019N\ufe58B"]),
        ("office 1", ["oﬃce ①", "ｏｆｆｉｃｅ 1"]),
        ("σοφος", ["Σοφός", "ΣΟΦΟΣ"]),
        ("еж", ["Ёж"]),
        ("שלום", ["שָׁלוֹם"]),
        ("محمد", ["مُحَمَّد"]),
    ],
    ids=ascii,
)
def test_case_and_accents_do_not_matter_in_searches(text: str, others: list[str]) -> None:
    assert {fold(other) for other in others} == {fold(text)}


@pytest.mark.parametrize(
    ("one", "other"), [("🍣", "🍺"), ("が", "か"), ("กิน", "กน"), ("हिन्दी", "हन्द"), ("한", "하"), ("a", "b")]
)
def test_other_letters_matter_in_searches(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(TEXTS)
def test_a_folded_text_is_stable(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert is_normalized("NFC", folded)
    folded.encode()


def test_every_character_is_folded_once_and_for_all() -> None:
    """What is stored is folded again, and so is what is searched for: they must not differ."""
    decomposed = [one for one in map(chr, range(0x30000)) if normalize("NFKD", one) != one]
    assert [ascii(one) for one in decomposed if fold(fold(one)) != fold(one)] == []


@given(TEXTS)
def test_a_repaired_text_can_be_stored_and_exported(text: str) -> None:
    name, prose = repair_name(text), repair_prose(text)
    assert (FORBIDDEN_IN_NAMES.search(name), FORBIDDEN.search(prose)) == (None, None)
    assert (repair_name(name), repair_prose(prose)) == (name, prose)
    for repaired in (name, prose):
        assert is_normalized("NFC", repaired)
        xml.dom.minidom.parseString(f"<a>{escape(repaired)}</a>".encode())


@given(TEXTS)
def test_nothing_that_shows_is_lost(text: str) -> None:
    assert shows_something(repair_name(text)) == shows_something(FORBIDDEN_IN_NAMES.sub("", text))


@given(st.text(st.sampled_from(f"{UNSEEN}a\u202e"), max_size=12))
def test_only_the_ends_of_a_name_are_stripped(name: str) -> None:
    stripped = normalise_name(name)
    assert stripped in normalize("NFC", name)
    assert stripped == re.sub(r"^\s+|\s+$", "", stripped)
    assert not set(stripped[:1] + stripped[-1:]) & set(UNSEEN)
    assert (stripped == "") == (not set(name) - set(UNSEEN))


def test_a_name_of_spaces_takes_no_time_that_grows_with_their_square() -> None:
    """A name is normalised before its length is checked. CPU time is bounded: the square would take minutes."""
    code = (
        "from reservation.text import normalise_name; assert len(normalise_name(f'a{chr(32) * 10**6}a')) == 10**6 + 2"
    )
    seconds = (20, 20)
    subprocess.run(
        [sys.executable, "-c", code], check=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, seconds)
    )
