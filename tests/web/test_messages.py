"""Translations: complete, and compiled from their source. These tests do not need gettext."""

import re
from ast import literal_eval
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings

WEB = Path(settings.BASE_DIR, "web")
SOURCE = WEB / "locale" / "de" / "LC_MESSAGES" / "django.po"
STRING = r'("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')'
ENTRY = re.compile(rf"^msgid ((?:{STRING}\s*)+)^msgstr ((?:{STRING}\s*)+)", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s")


def unquote(text: str) -> str:
    return "".join(literal_eval(line) for line in text.split("\n") if line.strip())


@pytest.fixture(scope="module")
def translations() -> dict[str, str]:
    text = SOURCE.read_text(encoding="utf-8")
    return {unquote(entry[1]): unquote(entry[3]) for entry in ENTRY.finditer(text)}


@pytest.fixture(scope="module")
def texts() -> set[str]:
    """All texts of the pages: those of the templates, of web/texts.py and of the table of statuses."""
    sources = (WEB / "texts.py", WEB.parent / "reservation" / "status_words.py")
    found = [literal_eval(text) for file in sources for text in re.findall(rf"_\({STRING}\)", file.read_text("utf-8"))]
    for template in (WEB / "templates" / "web").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        found += [literal_eval(some) for some in re.findall(rf"{{% translate {STRING} %}}", text)]
        found += [
            re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block)
            for block in re.findall(r"{% blocktranslate %}(.*?){% endblocktranslate %}", text)
        ]
    return set(found)


def test_every_text_is_translated_and_nothing_else(translations: dict[str, str], texts: set[str]) -> None:
    assert len(texts) > 100
    assert set(translations) - {""} == texts
    assert [text for text, german in translations.items() if not german.strip()] == []
    assert "fuzzy" not in SOURCE.read_text(encoding="utf-8")


def test_a_translation_has_the_placeholders_of_its_text(translations: dict[str, str]) -> None:
    differing = {
        text: german
        for text, german in translations.items()
        if text and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(german))
    }
    assert differing == {}


def test_the_compiled_translations_match_their_source(translations: dict[str, str]) -> None:
    with SOURCE.with_suffix(".mo").open("rb") as compiled:
        catalog = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    assert {text: german for text, german in catalog.items() if text} == {
        text: german for text, german in translations.items() if text
    }


def test_people_are_addressed_formally(translations: dict[str, str]) -> None:
    informal = re.compile(r"\b(du|dich|dir|dein\w*|euch|euer)\b", re.IGNORECASE)
    assert [german for german in translations.values() if informal.search(german)] == []
