"""An application on somebody's device, which logs in over /auth/app/v1/ and keeps what it is given."""

import json
from typing import Any

from django.test import Client as Browser


class Application:
    """Sends the newest access token, and until there is one the session token of a log-in that is under way."""

    def __init__(self, name: str = "phone") -> None:
        self.browser = Browser(headers={"User-Agent": name})
        self.session: str | None = None
        self.access: str | None = None
        self.refresh: str | None = None

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        headers = {"X-Session-Token": self.session} if self.session else {}
        if self.access:
            headers = {"Authorization": f"Bearer {self.access}"}
        answer = self.browser.generic(
            method, f"/auth/app/v1/{path}", json_of(body), content_type="application/json", headers=headers
        )
        meta = answer.json().get("meta") or {}
        self.session = meta.get("session_token", self.session)
        self.access = meta.get("access_token", self.access)
        self.refresh = meta.get("refresh_token", self.refresh)
        return answer

    def log_in(self, **credentials: str) -> Any:
        self.session = self.access = None
        return self("POST", "auth/login", **credentials)

    def renew(self) -> int:
        """Exchange the refresh token; returns the status."""
        answer = self.browser.post(
            "/auth/app/v1/tokens/refresh", {"refresh_token": self.refresh}, content_type="application/json"
        )
        if answer.status_code == 200:
            self.access, self.refresh = answer.json()["data"]["access_token"], answer.json()["data"]["refresh_token"]
        return answer.status_code

    def ask(self, query: str) -> Any:
        """What the GraphQL API answers."""
        headers = {"Authorization": f"Bearer {self.access}"}
        return self.browser.get("/graphql/", {"query": query}, headers=headers).json()

    @property
    def is_staff(self) -> bool:
        return bool(self.ask("{ viewer { isStaff } }")["data"]["viewer"]["isStaff"])


def json_of(body: dict[str, Any]) -> str:
    return json.dumps(body) if body else ""


def codes_of(answer: Any) -> list[str]:
    """The codes of what was refused."""
    return [error["code"] for error in answer.json()["errors"]]


def pending_flows(answer: Any) -> list[str]:
    """What an answer says is to be done before anybody is logged in."""
    return [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
