"""A client of the stack, and the outcomes of its requests."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from tests.servers import HOST

TIMEOUT_SECONDS = 30
FAULTY = {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"}
"""Codes of errors that are the service's fault."""

RESERVE = (
    "mutation($input: ReserveAppointmentInput!) { reserveAppointment(input: $input)"
    " { reservation { id status } userErrors { code } } }"
)
CONFIRM = (
    "mutation($input: ConfirmReservationInput!) { confirmReservation(input: $input)"
    " { reservation { id status } userErrors { code } } }"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request and its outcome. status: 0 when the connection broke. codes: of its errors and user errors."""

    kind: str
    started: float
    seconds: float
    status: int
    codes: tuple[str, ...] = ()
    body: Any = None
    problem: str = ""

    @property
    def failed(self) -> bool:
        """Whether there is no response, or only an error that is the service's fault."""
        return self.status == 0 or self.status >= 500 or not FAULTY.isdisjoint(self.codes)


class ApiClient:
    """A connection to nginx, which is reopened after it broke. address: from which it comes, one of loopback's."""

    def __init__(
        self, port: int, on_request: Callable[[Request], None] = lambda request: None, *, address: str = HOST
    ) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS, source_address=(address, 0))
        self.on_request = on_request

    def close(self) -> None:
        self.connection.close()

    def send(self, kind: str, method: str, path: str, body: Any = None, **headers: str) -> Request:
        """Sends a request. body: bytes as they are, anything else as JSON. headers: with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if body is None or isinstance(body, bytes) else json.dumps(body)
        if text is not None:
            sent.setdefault("Content-Type", "application/json")
        started, clock = time.time(), time.monotonic()
        try:
            self.connection.request(method, path, text, sent)
            response = self.connection.getresponse()
            content = read(response.read())
            request = Request(
                kind=kind,
                started=started,
                seconds=time.monotonic() - clock,
                status=response.status,
                codes=codes_in(content),
                body=content,
            )
        except (OSError, HTTPException) as error:
            self.connection.close()
            seconds = time.monotonic() - clock
            request = Request(kind=kind, started=started, seconds=seconds, status=0, problem=repr(error))
        self.on_request(request)
        return request

    def read_by_hash(self, document: str, **variables: Any) -> Request:
        """Sends the hash of a document by GET, anonymously; if it is unknown, the document too, as clients do."""
        sent = {
            "variables": json.dumps(variables),
            "extensions": json.dumps(
                {"persistedQuery": {"version": 1, "sha256Hash": sha256(document.encode()).hexdigest()}}
            ),
        }
        request = self.send("GET", "GET", f"/graphql/?{urlencode(sent)}")
        if "PERSISTED_QUERY_NOT_FOUND" not in request.codes:
            return request
        return self.send("GET", "GET", f"/graphql/?{urlencode({**sent, 'query': document})}")

    def post(self, document: str, token: str, **variables: Any) -> Request:
        return self.send(
            "POST", "POST", "/graphql/", {"query": document, "variables": variables}, Authorization=f"Bearer {token}"
        )

    def mutate(self, document: str, token: str, key: str, **input: Any) -> Request:
        """Sends a mutation with its idempotency key as a header too, so that nginx may retry it."""
        body = {"query": document, "variables": {"input": {**input, "idempotencyKey": key}}}
        headers = {"Authorization": f"Bearer {token}", "Idempotency_Key": key}
        return self.send("keyed POST", "POST", "/graphql/", body, **headers)


def read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def codes_in(content: Any) -> tuple[str, ...]:
    if not isinstance(content, dict):
        return ()
    errors = [error.get("extensions", {}).get("code", "") for error in content.get("errors") or []]
    payloads = [value for value in (content.get("data") or {}).values() if isinstance(value, dict)]
    refusals = [error["code"] for payload in payloads for error in payload.get("userErrors") or []]
    return (*errors, *refusals)


def reservation_in(request: Request) -> str | None:
    """The id of the reservation in the response to a mutation."""
    payloads = ((request.body or {}).get("data") or {}).values() if not request.failed else ()
    found = [payload["reservation"]["id"] for payload in payloads if payload and payload.get("reservation")]
    return found[0] if found else None
