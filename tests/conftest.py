"""What every test can ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from api.context import Context
from api.documents import parse_document
from api.errors import answer
from api.execution import execute_document
from api.schema import schema
from reservation.domain.caller import ANONYMOUS, Caller
from tests.factories import NOW


@dataclass(frozen=True)
class Answer:
    """What an operation answered: its data, and the errors as exceptions."""

    data: Any
    errors: list[Any]

    @property
    def codes(self) -> list[str]:
        """What a client is told of each error."""
        return [answer(error, request_id="")["extensions"]["code"] for error in self.errors]


@pytest.fixture
def ask() -> Callable[..., Answer]:
    """Execute a document as somebody, at an instant, without HTTP."""

    def ask(source: str, *, caller: Caller = ANONYMOUS, now: datetime = NOW, **variables: Any) -> Answer:
        document = parse_document(schema, source)
        result = execute_document(schema, document.tree, context=Context(now=now, caller=caller), variables=variables)
        return Answer(result.data, result.errors or [])

    return ask
