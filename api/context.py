"""What a request carries along: who asks, when, and the loaders that batch its reads."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.deadline import Deadline
from reservation.domain.caller import ANONYMOUS, Caller


@dataclass(frozen=True, kw_only=True)
class Context:
    """Made once a request; `now` is the same instant for all of it. Nothing of it outlives the request."""

    now: datetime
    caller: Caller = ANONYMOUS
    request_id: str = ""
    deadline: Deadline = field(default_factory=Deadline)
    loaders: dict[type, Any] = field(default_factory=dict)

    def forget(self) -> None:
        """Drop what the loaders have read: something was changed."""
        self.loaders.clear()
