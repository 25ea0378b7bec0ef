"""What the fixture `ask` returns."""

from dataclasses import dataclass
from typing import Any

from api.http.errors import answer


@dataclass(frozen=True)
class Answer:
    """What an operation answered: its data, and the errors as exceptions."""

    data: Any
    errors: list[Any]

    @property
    def codes(self) -> list[str]:
        """What a client is told of each error."""
        return [answer(error, request_id="")["extensions"]["code"] for error in self.errors]
