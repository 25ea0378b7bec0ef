"""A client application, which logs in over /auth/app/v1/ and stores its tokens."""

import json
from typing import Any

from django.test import Client as Browser


class Application:
    """Sends the newest access token; before there is one, the session token of the log-in that is in progress."""

    def __init__(self, name: str = "phone") -> None:
        self.browser = Browser(headers={"User-Agent": name})
        self.session: str | None = None
        self.access: str | None = None
        self.refresh: str | None = None

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        headers = {"X-Session-Token": self.session} if self.session else {}
        if self.access:
            headers = {"Authorization": f"Bearer {self.access}"}
        response = self.browser.generic(
            method, f"/auth/app/v1/{path}", json_of(body), content_type="application/json", headers=headers
        )
        meta = response.json().get("meta") or {}
        self.session = meta.get("session_token", self.session)
        self.access = meta.get("access_token", self.access)
        self.refresh = meta.get("refresh_token", self.refresh)
        return response

    def log_in(self, **credentials: str) -> Any:
        self.session = self.access = None
        return self("POST", "auth/login", **credentials)

    def renew(self) -> int:
        """Exchange the refresh token; returns the status."""
        response = self.browser.post(
            "/auth/app/v1/tokens/refresh", {"refresh_token": self.refresh}, content_type="application/json"
        )
        if response.status_code == 200:
            tokens = response.json()["data"]
            self.access, self.refresh = tokens["access_token"], tokens["refresh_token"]
        return response.status_code

    def ask(self, query: str) -> Any:
        """Query the GraphQL API; returns the response."""
        headers = {"Authorization": f"Bearer {self.access}"}
        return self.browser.get("/graphql/", {"query": query}, headers=headers).json()

    @property
    def is_staff(self) -> bool:
        return bool(self.ask("{ viewer { isStaff } }")["data"]["viewer"]["isStaff"])


def json_of(body: dict[str, Any]) -> str:
    return json.dumps(body) if body else ""


def codes_of(response: Any) -> list[str]:
    """The codes of the response's errors."""
    return [error["code"] for error in response.json()["errors"]]


def pending_flows(response: Any) -> list[str]:
    """The flows that the response lists as pending before the log-in is complete."""
    return [flow["id"] for flow in response.json()["data"]["flows"] if flow.get("is_pending")]
