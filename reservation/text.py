"""What a text may contain, and how searches and orders compare names. Without Django.

Sources: Unicode's normalisation forms (UAX #15), its bidirectional algorithm (UAX #9), the characters that it
ignores by default (DerivedCoreProperties: Default_Ignorable_Code_Point), and those of XML (XML 1.0, 2.2).
"""

import re
from unicodedata import category, combining, normalize

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, except tab, line feed and carriage return
    "\u202a-\u202e\u2066-\u206f"  # what changes the direction of the text that follows, and deprecated controls
    "\ud800-\udfff"  # halves of a surrogate pair
    f"\ufdd0-\ufdef{''.join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000))}]"
)
"""What no text contains: it does not show, breaks what stands beside it, or cannot be stored or exported."""

FORBIDDEN_IN_NAMES = re.compile(f"[\t\n\r\u2028\u2029{FORBIDDEN.pattern[1:]}")
"""A name is one line."""

LINE_BREAK = re.compile("[\v\f\x85\u2028\u2029]")
"""What else begins a new line: word processors paste vertical tabs."""

SPACES = "".join(one for one in map(chr, range(0x3001)) if one.isspace())
UNSEEN = f"{SPACES}\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069"
"""White space, and the invisible characters that copying from an address book adds around a name or a number. Not
U+202E, which is never added by accident."""

IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that show nothing by themselves."""

BLANK = frozenset("\u2800\U0001d159")
"""Characters that look like a space without being one: an empty Braille pattern and an empty note."""

PUNCTUATION = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4", "'") | dict.fromkeys("\u2010\u2011\u2013\u2014", "-")
)
"""Apostrophes and hyphens that keyboards put in place of the plain ones."""

LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode does not decompose; U+0131 is the Turkish i without a dot."""


# --- Rules ---------------------------------------------------------------------------------------------------------


def normalise_name(text: str) -> str:
    """The name in Unicode's composed form (NFC), without invisible characters at its ends."""
    return normalize("NFC", text).strip(UNSEEN)


def normalise_prose(text: str) -> str:
    """The text in NFC, with line feeds in place of rarer line breaks."""
    return LINE_BREAK.sub("\n", normalize("NFC", text))


def shows_something(text: str) -> bool:
    """Whether any character of the text can be seen."""
    return any(category(one) not in INVISIBLE and one not in BLANK for one in IGNORED.sub("", text))


INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp", "Zs"))
"""Categories of characters that show nothing. Unassigned ones may show: this Python may be older than a new emoji."""


def repair_name(text: str) -> str:
    """The name as the rules allow it: forbidden white space becomes a space, what else is forbidden is left out.

    It may show nothing.
    """
    spaced = re.sub("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+", " ", text)
    return normalise_name(FORBIDDEN_IN_NAMES.sub("", spaced))


def repair_prose(text: str) -> str:
    """The text as the rules allow it: what is forbidden is left out."""
    return normalise_prose(FORBIDDEN.sub("", normalise_prose(text)))


# --- Searches and orders -------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """The text without case, accents, invisible characters and the like: what searches and orders compare.

    "José" becomes "jose", "Weiß" "weiss", "Łukasz" "lukasz". Two names with the same folded text may be two people.
    """
    if text.isascii():
        folded = text.lower()
    else:
        for _ in range(2):  # the compatibility form of a character may have case, or be an apostrophe or a hyphen
            text = normalize("NFKD", text.translate(PUNCTUATION).casefold())
        text = IGNORED.sub("", text).translate(LETTERS)
        folded = "".join(one for one in text if not is_accent(one))
        folded = normalize("NFC", folded)
    return re.sub(r"\s+", " ", FORBIDDEN.sub(" ", folded))


def is_accent(character: str) -> bool:
    """Whether this is a mark that does not make another letter: an accent, or a point of Hebrew or Arabic.

    Marks of other scripts are vowels, and change the meaning.
    """
    return combining(character) >= 200 or 10 <= combining(character) <= 35
