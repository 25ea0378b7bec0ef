"""Every environment variable is documented in `.env.sample`, with its default."""

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import bare_environment

BASE: Path = settings.BASE_DIR
SAMPLE = (BASE / ".env.sample").read_text().splitlines()
VARIABLE = re.compile(r"#? ?([A-Z][A-Z0-9_]*)=(.*)")

SETTINGS = """
import environ
environ.Env.read_env = lambda *_: None  # ignore a developer's .env
import settings
print({name: value for name, value in sorted(vars(settings).items()) if name.isupper()})
"""


def variables_read(path: Path) -> set[str]:
    """Returns the first argument of every `env(…)` and `env.method(…)` in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            if isinstance(called, ast.Name) and called.id == "env":
                found.add(str(node.args[0].value))
    return found


FILES = set((BASE / "settings").glob("*.py")) - {BASE / "settings" / "local.py"}  # the latter is a developer's own
READ = sorted(set().union(*map(variables_read, FILES)))


def sample() -> dict[str, tuple[str, str]]:
    """Returns, for each variable of the sample, the line before it and its value."""
    return {match[1]: (before, match[2]) for before, line in pairwise(SAMPLE) if (match := VARIABLE.fullmatch(line))}


def run_settings(**variables: str) -> subprocess.CompletedProcess[str]:
    """Reads all settings in a process with only these environment variables."""
    environment = {**bare_environment(), **variables}
    return subprocess.run(
        [sys.executable, "-c", SETTINGS], cwd=BASE, env=environment, capture_output=True, text=True, timeout=60
    )


def settings_with(**variables: str) -> str:
    """Returns all settings in a process with only these environment variables."""
    run = run_settings(**variables)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_settings_read_the_environment() -> None:
    assert {"DATABASE_URL", "SECRET_KEY", "LEAD_TIME_HOURS"} <= set(READ)


@pytest.mark.parametrize("name", READ)
def test_a_variable_is_in_the_sample_with_a_comment(name: str) -> None:
    assert name in sample(), f"{name} is missing in .env.sample"
    before, _ = sample()[name]
    assert re.fullmatch(r"# \w.{10,}[.:]", before), f"{name} has no comment line"


def test_the_sample_has_every_default() -> None:
    shown = {name: value for name, (_, value) in sample().items()}
    assert settings_with(**shown) == settings_with()


def test_business_rules_come_from_the_environment() -> None:
    policy = settings_with(APPOINTMENT_MINUTES="30", LEAD_TIME_HOURS="0", HOLD_MINUTES="1", MAX_LIVE_HOLDS="2")
    assert "appointment_length=datetime.timedelta(seconds=1800)" in policy
    assert "hold=datetime.timedelta(seconds=60), lead_time=datetime.timedelta(0), max_live_holds=2" in policy


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ADMIN_PATH", "/graphql/", "ADMIN_PATH is a path of its own, such as admin/."),
        ("DATABASE_URL", "redis://127.0.0.1", "DATABASE_URL is mysql://user:password@host:port/name, postgres://"),
        ("EMAIL_VERIFICATION", "always", "EMAIL_VERIFICATION is mandatory, optional or none."),
        ("GRAPHQL_EXECUTOR", "fast", "GRAPHQL_EXECUTOR is columnar or standard."),
        ("GRAPHQL_HTTP_STATUS_PROFILE", "200", "GRAPHQL_HTTP_STATUS_PROFILE is audit or draft."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is text or json."),
        ("OIDC_ISSUER", "https://id.example", "OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL are set together."),
        ("PASSWORD_HASHES", "0", "PASSWORD_HASHES is at least 1."),
        ("SESSION_MAX_DAYS", "0", "SESSION_MAX_DAYS is at least 1."),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_at_the_start(name: str, value: str, message: str) -> None:
    run = run_settings(**{name: value})
    assert (run.returncode, run.stdout) == (1, "")
    assert f"ImproperlyConfigured: {message}" in run.stderr
