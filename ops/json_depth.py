"""The objects and lists of JSON that clients send, found before it is parsed.

Deep nesting overflows some parsers, and 128 KB of empty lists take many times as long to parse as a text of that size:
the garbage collector looks at each list.
"""

import re

STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, also one without an end: otherwise every quote in it would be tried as the beginning of another one, and
100 KB of `\\"` would take half a minute."""

BRACKETS = bytes.maketrans(b"{}", b"[]")
OTHER_BYTES = bytes(byte for byte in range(256) if byte not in b"[]{}")


def is_nested_deeper(text: bytes, maximum: int) -> bool:
    """Returns whether objects and lists are nested more than so many levels deep.

    Reduced to its brackets, the text loses its innermost level each time that pairs are removed: a few passes in C,
    where a walk over the parsed values would take longer than parsing them. Brackets that are not balanced are left to
    the parser: they may be reported as deep or not.
    """
    if text.count(b"[") + text.count(b"{") <= maximum:
        return False
    brackets = brackets_of(text)
    for _ in range(maximum):
        if not brackets or b"[" * (maximum + 1) in brackets:
            return bool(brackets)
        brackets = brackets.replace(b"[]", b"")
    return b"[]" in brackets


def has_more_containers(text: bytes, maximum: int) -> bool:
    """Returns whether there are more objects and lists than so many."""
    if text.count(b"[") + text.count(b"{") <= maximum:
        return False
    return brackets_of(text).count(b"[") > maximum


def brackets_of(text: bytes) -> bytes:
    """Returns the brackets outside of strings, all of them square."""
    return STRING.sub(b"", text).translate(BRACKETS, OTHER_BYTES)
