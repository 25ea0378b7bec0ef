"""A person with unique data, who uses the API as an app would, and records the error responses."""

import hashlib
import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.privacy.failing import FAIL
from tests.servers import HOST


def canary() -> str:
    """A unique text, which is found in either case."""
    return f"canary{uuid4().hex}"


def secret() -> str:
    """A unique text of other letters, because a password must not resemble the email address."""
    return "".join(random.choices("ghijklmpqstuvwxz", k=32))


@dataclass
class Person:
    """canaries: the texts that must appear nowhere, by kind. errors: the responses with errors, as text."""

    port: int
    canaries: dict[str, str] = field(
        default_factory=lambda: {
            "email": f"{canary()}@example.com",
            "name": canary(),
            "password": secret(),
            "wrong password": secret(),
            "phone": canary()[:40],
            "note": canary(),
            "reason": canary(),
            "key": canary(),
            "search": canary(),
            "token": canary(),
        }
    )
    errors: list[str] = field(default_factory=list)

    def __getitem__(self, what: str) -> str:
        return self.canaries[what]

    def send(self, path: str, body: Any = None, *, tries: int = 5, **headers: str) -> Any:
        """POSTs this as JSON, or GETs. Returns the decoded response; None for an HTTP error."""
        request = Request(
            f"http://{HOST}:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers},
        )
        try:
            with urlopen(request, timeout=20) as response:
                text = response.read().decode()
        except HTTPError as refusal:
            if refusal.code == 429 and tries > 1:  # with a slow Memcached, there may seem to be too many attempts
                return self.send(path, body, tries=tries - 1, **headers)
            text = f"{refusal.headers}{refusal.read().decode()}"
            self.errors.append(text)
            return None
        decoded = json.loads(text)
        if "errors" in decoded or '"userErrors":[{' in text:
            self.errors.append(text)
        return decoded

    def authenticate(self, path: str, **body: str) -> Any:
        decoded = self.send(f"/auth/app/v1/{path}", body)
        for name in ("access_token", "refresh_token", "session_token"):
            if decoded and (token := (decoded.get("meta", {}) | decoded.get("data", {})).get(name)):
                self.canaries[f"{name} of {path}"] = token
        return decoded

    def execute(self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None) -> Any:
        """Executes a document, and registers it as a persisted query."""
        persisted = {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}
        body = {"query": query, "variables": variables or {}, "extensions": {"persistedQuery": persisted}}
        bearer = token or self["access_token of auth/login"]
        return self.send("/graphql/", body, Authorization=f"Bearer {bearer}")

    def mutate(self, mutation: str, **given: Any) -> Any:
        name = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {name}!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}"
        return self.execute(document, {"input": given})

    # --- Use of the API --------------------------------------------------------------------------------------------

    def sign_up_and_log_in(self) -> None:
        credentials = {"email": self["email"], "password": self["password"]}
        self.authenticate("auth/signup", **credentials, name=self["name"])
        self.authenticate("auth/login", **{**credentials, "password": self["wrong password"]})
        self.authenticate("auth/login", **credentials)
        self.authenticate("tokens/refresh", refresh_token=self["refresh_token of auth/login"])
        self.authenticate("auth/password/request", email=self["email"])

    def reserve(self, appointment_id: str) -> None:
        """Changes the phone number, and reserves, reads, confirms and cancels."""
        client = self.execute("{ viewer { client { id } } }")["data"]["viewer"]["client"]["id"]
        self.mutate("updateClient", clientId=client, phone=self["phone"])
        self.mutate("reserveAppointment", appointmentId=appointment_id, note=self["note"], idempotencyKey=self["key"])
        seen = self.execute("{ reservations { nodes { id note client { name email phone } } } }")
        (reservation,) = seen["data"]["reservations"]["nodes"]
        self.mutate("confirmReservation", reservationId=reservation["id"])
        self.mutate("cancelReservation", reservationId=reservation["id"], reason=self["reason"])

    def send_invalid_requests(self) -> None:
        """Sends requests that are refused, and requests that fail."""
        wrong = {"appointmentId": self["note"], "note": self["note"]}
        self.mutate("reserveAppointment", **wrong)
        self.mutate("reserveAppointment", note=self["note"])
        self.mutate("reserveAppointment", appointmentId="a", note=[f"'; {self['note']}"])
        self.mutate("updateClient", clientId=[], name=self["name"], **{self["email"]: self["phone"]})
        self.execute("query($first: Int) { services(first: $first) { totalCount } }", {"first": self["search"]})
        self.send("/graphql/", {"query": "{ viewer { isStaff } }", "operationName": self["name"]})
        self.send("/graphql/", {"query": f'{{ viewer "{self["phone"]}" }}'})
        self.mutate("reserveAppointment", **wrong, clientId=self["name"], idempotencyKey=self["key"] * 10)
        self.mutate("updateClient", clientId=self["email"], name=self["name"] * 10, phone=self["phone"] * 10)
        search = "query($text: String) { services(filter: {search: $text}, after: $text) { totalCount } }"
        self.execute(search, {"text": self["search"]})
        self.execute(search.replace(", after: $text", ""), {"text": self["search"]})
        self.execute("{ viewer { email } }", token=self["token"])
        self.send(f"/graphql/?{urlencode({'query': search, 'variables': json.dumps({'text': self['search']})})}")
        self.send(f"/graphql/?{urlencode({'query': '{', 'variables': self['name']})}")
        self.send(f"/nothing/{self['email']}?name={self['name']}")
        self.send("/nothing/", {"email": self["email"]}, Host=f"{self['name']}.example.com")
        self.send("/auth/app/v1/auth/login", {"email": self["email"], "password": self["password"]}, **{FAIL: "1"})
        self.send("/auth/app/v1/auth/signup", {"email": self["email"], "password": self["password"]})
        self.send("/auth/app/v1/auth/password/reset", {"key": self["token"], "password": self["password"]})
        self.send("/auth/app/v1/auth/session", **{"X-Session-Token": self["token"]})
