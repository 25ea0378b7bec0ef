"""The result that the fixture `ask` returns."""

from dataclasses import dataclass
from typing import Any

from api.http.errors import format_error


@dataclass(frozen=True)
class Answer:
    """The result of an operation: its data, and its errors as exceptions."""

    data: Any
    errors: list[Any]

    @property
    def codes(self) -> list[str]:
        """The code of each error, as the client sees it."""
        return [format_error(error, request_id="")["extensions"]["code"] for error in self.errors]
