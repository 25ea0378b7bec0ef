"""The context of a GraphQL request: its caller, the time, and the loaders that batch its reads."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from api.execution import Deadline, SizeLimit
from reservation.domain.caller import ANONYMOUS, Caller


@dataclass(frozen=True, kw_only=True)
class Context:
    """One per request; `now` is the same instant throughout. Loaders cache only within their request.

    idempotency_key: the key of the whole request, from its header.
    root_fields: how many root fields the operation has. Several mutations get keys derived from that key, and several
        lists are read by one statement.
    size_limit: counts what is executed; None when the response cannot become too large.
    """

    now: datetime
    caller: Caller = ANONYMOUS
    request_id: str = ""
    idempotency_key: str | None = None
    root_fields: int = 1
    size_limit: SizeLimit | None = None
    deadline: Deadline = field(default_factory=Deadline)
    loaders: dict[type, Any] = field(default_factory=dict)

    def key_for(self, response_name: str) -> str | None:
        """The idempotency key of the root field with this name in the response: each of several has its own."""
        if self.idempotency_key is None or self.root_fields == 1:
            return self.idempotency_key
        return sha256(repr((self.idempotency_key, response_name)).encode()).hexdigest()

    def clear_loaders(self) -> None:
        """Drop the loaders after a change, so that what they have cached is read again."""
        self.loaders.clear()
