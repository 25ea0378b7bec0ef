"""The texts of the valid documents that this process has seen, by their hash, whatever Memcached says."""

import sys
from threading import Lock

from cachetools import LRUCache

MAX_BYTES = 4 * 2**20
"""How much text a process remembers. What it has not used for longest, it forgets."""

_texts: LRUCache[str, str] = LRUCache(MAX_BYTES, getsizeof=sys.getsizeof)
_lock = Lock()


def remember_text(sha256: str, text: str) -> None:
    """Remembers a valid document. A text that alone exceeds MAX_BYTES is ignored."""
    if sys.getsizeof(text) <= MAX_BYTES:
        with _lock:
            _texts[sha256] = text


def remembered_text(sha256: str) -> str | None:
    with _lock:
        return _texts.get(sha256)


def forget_texts() -> None:
    """Forgets all texts, as a new process does not know them."""
    with _lock:
        _texts.clear()
