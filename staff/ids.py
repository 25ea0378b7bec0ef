"""Ids of rows in addresses and forms, which anybody may have changed."""

MAX_ID = 2**63 - 1
"""The largest one that a database stores."""


def parse_id(text: str) -> int | None:
    """Returns the id; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_ID))
    return int(text) if is_number and 0 < int(text) <= MAX_ID else None


class IdConverter:
    """An id in a path. A larger number has no page: SQLite raises OverflowError for it."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Returns the id. Raises ValueError, which Django answers with 404."""
        found = parse_id(value)
        if found is None:
            raise ValueError
        return found

    def to_url(self, value: int) -> str:
        return str(value)
