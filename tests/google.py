"""A provider in place of Google, by oauth2-mock-server (tests/node/google.mjs)."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

NODE = Path(__file__).resolve().parent / "node"
CLIENT_ID = "an-id.example"
CREDENTIALS = {"GOOGLE_CLIENT_ID": CLIENT_ID, "GOOGLE_CLIENT_SECRET": "a-secret"}


@dataclass(frozen=True, kw_only=True)
class MockGoogle:
    """A running provider. url: its issuer."""

    url: str
    input: IO[str]
    output: IO[str]

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of an application that logs in with it."""
        return {**CREDENTIALS, "TEST_GOOGLE_SERVER": self.url}

    def behave(self, **behaviour: Any) -> None:
        """Sets what the next log-ins get: `claims`, `error` or `otherKey`."""
        print(json.dumps({"audience": CLIENT_ID, **behaviour}), file=self.input, flush=True)
        assert self.output.readline() == "ready\n"


def require_node() -> None:
    """Skips the test without Node or its packages."""
    if not shutil.which("node"):
        pytest.skip("Node is not installed: script/test installs it")
    if not (NODE / "node_modules").exists():
        pytest.skip("tests/node has no packages: script/npm tests/node installs them")


@contextmanager
def mock_google() -> Iterator[MockGoogle]:
    """Yields a provider that runs until the block ends."""
    with subprocess.Popen(
        ["node", str(NODE / "google.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield MockGoogle(url=process.stdout.readline().strip(), input=process.stdin, output=process.stdout)
        finally:
            process.kill()
