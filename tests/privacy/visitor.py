"""A person with unique data, who uses the API as an app would, and remembers what it was answered."""

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
    """A text that stands nowhere else, whatever may become of its case."""
    return f"canary{uuid4().hex}"


def secret() -> str:
    """Another one, of other letters: a password must not look like the address."""
    return "".join(random.choices("ghijklmpqstuvwxz", k=32))


@dataclass
class Visitor:
    """canaries: what must turn up nowhere, by what it is. errors: the answers that told of one, as they were sent."""

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
        """POST this as JSON, or GET; answers the JSON that comes back, if it is JSON."""
        request = Request(
            f"http://{HOST}:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers},
        )
        try:
            with urlopen(request, timeout=20) as response:
                text = response.read().decode()
        except HTTPError as refusal:
            if refusal.code == 429 and tries > 1:  # a Memcached that is slow for once looks like too many attempts
                return self.send(path, body, tries=tries - 1, **headers)
            text = f"{refusal.headers}{refusal.read().decode()}"
            self.errors.append(text)
            return None
        told = json.loads(text)
        if "errors" in told or '"userErrors":[{' in text:
            self.errors.append(text)
        return told

    def authenticate(self, path: str, **body: str) -> Any:
        told = self.send(f"/auth/app/v1/{path}", body)
        for name in ("access_token", "refresh_token", "session_token"):
            if told and (token := (told.get("meta", {}) | told.get("data", {})).get(name)):
                self.canaries[f"{name} of {path}"] = token
        return told

    def ask(self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None) -> Any:
        """Send a document, and have it registered in the cache."""
        persisted = {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}
        body = {"query": query, "variables": variables or {}, "extensions": {"persistedQuery": persisted}}
        bearer = token or self["access_token of auth/login"]
        return self.send("/graphql/", body, Authorization=f"Bearer {bearer}")

    def change(self, mutation: str, **given: Any) -> Any:
        name = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {name}!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}"
        return self.ask(document, {"input": given})

    # --- What the person does --------------------------------------------------------------------------------------

    def sign_up_and_log_in(self) -> None:
        credentials = {"email": self["email"], "password": self["password"]}
        self.authenticate("auth/signup", **credentials, name=self["name"])
        self.authenticate("auth/login", **{**credentials, "password": self["wrong password"]})
        self.authenticate("auth/login", **credentials)
        self.authenticate("tokens/refresh", refresh_token=self["refresh_token of auth/login"])
        self.authenticate("auth/password/request", email=self["email"])

    def reserve(self, appointment_id: str) -> None:
        """Give the phone, hold, confirm and cancel, and see all of it."""
        client = self.ask("{ viewer { client { id } } }")["data"]["viewer"]["client"]["id"]
        self.change("updateClient", clientId=client, phone=self["phone"])
        self.change("reserveAppointment", appointmentId=appointment_id, note=self["note"], idempotencyKey=self["key"])
        seen = self.ask("{ reservations { nodes { id note client { name email phone } } } }")
        (reservation,) = seen["data"]["reservations"]["nodes"]
        self.change("confirmReservation", reservationId=reservation["id"])
        self.change("cancelReservation", reservationId=reservation["id"], reason=self["reason"])

    def err(self) -> None:
        """What is refused, and what fails."""
        wrong = {"appointmentId": self["note"], "note": self["note"]}
        self.change("reserveAppointment", **wrong)
        self.change("reserveAppointment", note=self["note"])
        self.change("reserveAppointment", appointmentId="a", note=[f"'; {self['note']}"])
        self.change("updateClient", clientId=[], name=self["name"], **{self["email"]: self["phone"]})
        self.ask("query($first: Int) { services(first: $first) { totalCount } }", {"first": self["search"]})
        self.send("/graphql/", {"query": "{ viewer { isStaff } }", "operationName": self["name"]})
        self.send("/graphql/", {"query": f'{{ viewer "{self["phone"]}" }}'})
        self.change("reserveAppointment", **wrong, clientId=self["name"], idempotencyKey=self["key"] * 10)
        self.change("updateClient", clientId=self["email"], name=self["name"] * 10, phone=self["phone"] * 10)
        search = "query($text: String) { services(filter: {search: $text}, after: $text) { totalCount } }"
        self.ask(search, {"text": self["search"]})
        self.ask(search.replace(", after: $text", ""), {"text": self["search"]})
        self.ask("{ viewer { email } }", token=self["token"])
        self.send(f"/graphql/?{urlencode({'query': search, 'variables': json.dumps({'text': self['search']})})}")
        self.send(f"/graphql/?{urlencode({'query': '{', 'variables': self['name']})}")
        self.send(f"/nothing/{self['email']}?name={self['name']}")
        self.send("/nothing/", {"email": self["email"]}, Host=f"{self['name']}.example.com")
        self.send("/auth/app/v1/auth/login", {"email": self["email"], "password": self["password"]}, **{FAIL: "1"})
        self.send("/auth/app/v1/auth/signup", {"email": self["email"], "password": self["password"]})
        self.send("/auth/app/v1/auth/password/reset", {"key": self["token"], "password": self["password"]})
        self.send("/auth/app/v1/auth/session", **{"X-Session-Token": self["token"]})
