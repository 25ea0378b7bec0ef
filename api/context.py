"""What a request carries along: who asks, when, and the loaders that batch its reads."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from api.execution import Deadline
from reservation.domain.caller import ANONYMOUS, Caller


@dataclass(frozen=True, kw_only=True)
class Context:
    """Made once a request; `now` is the same instant for all of it. Nothing of it outlives the request.

    idempotency_key: that of the whole request, from its header. changes: how many the operation makes.
    """

    now: datetime
    caller: Caller = ANONYMOUS
    request_id: str = ""
    idempotency_key: str | None = None
    changes: int = 1
    deadline: Deadline = field(default_factory=Deadline)
    loaders: dict[type, Any] = field(default_factory=dict)

    def key_for(self, change: str) -> str | None:
        """The key of this change of the operation, by its name in the answer: each of several has its own."""
        if self.idempotency_key is None or self.changes == 1:
            return self.idempotency_key
        return sha256(repr((self.idempotency_key, change)).encode()).hexdigest()

    def forget(self) -> None:
        """Drop what the loaders have read: something was changed."""
        self.loaders.clear()
