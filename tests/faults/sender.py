"""Sends mutations until they are acknowledged, and says when that was."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from typing import Any

from tests.faults.api_client import ApiClient, Request

TRIES = 300
RETRY_SECONDS = 0.1

REFUSALS = {"CLIENT_BUSY", "TOO_MANY_HOLDS"}
"""The user errors that a writer may get."""


class Sender:
    """at_once: whether every mutation is sent three times at once, with one key."""

    def __init__(self, port: int, *, at_once: bool = False) -> None:
        self.port = port
        self.copies = 3 if at_once else 1
        self.last: tuple[str, str, str, dict[str, Any]] | None = None

    def mutate(self, name: str, token: str, /, **values: Any) -> tuple[Any, tuple[float, float]]:
        """Returns the payload, which is None after a refusal, and when it was sent and acknowledged."""
        sent = (name, token, uuid.uuid4().hex, values)
        sent_at = time.monotonic()
        request, acknowledged_at = self.send(*sent)
        payload = request.body["data"][name]
        codes = {error["code"] for error in payload["userErrors"]}
        assert codes <= REFUSALS, (name, values, codes)
        # What was refused may be possible by now: to repeat it would be a change.
        self.last = None if codes else sent
        return (None if codes else payload), (sent_at, acknowledged_at)

    def send(self, name: str, token: str, key: str, values: dict[str, Any]) -> tuple[Request, float]:
        """Sends a mutation until it gets a response, and returns this with the instant of the first one."""
        fields = {"offerAppointments": "createdCount", "withdrawAppointments": "withdrawnCount"}
        noun = "provider" if name == "updateProvider" else "reservation"
        document = (
            f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) "
            f"{{ {fields.get(name, noun + ' { id }')} userErrors {{ code }} }} }}"
        )

        def send() -> tuple[Request, float]:
            with closing(ApiClient(self.port)) as api_client:
                for _ in range(TRIES):
                    request = api_client.mutate(document, token, key, **values)
                    if not request.failed:
                        return request, time.monotonic()
                    time.sleep(RETRY_SECONDS)
            raise AssertionError(f"No response in {TRIES} tries: {request}")

        threads = ThreadPoolExecutor(self.copies)
        try:
            return next(as_completed([threads.submit(send) for _ in range(self.copies)])).result()
        finally:
            threads.shutdown(wait=False)  # the first response acknowledges the change
