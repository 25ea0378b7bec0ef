"""Environment variables of the processes that tests start."""

import os

KEPT = ("PATH", "COVERAGE_PROCESS_CONFIG")  # the latter exists while coverage is measured, in these processes too


def bare_environment() -> dict[str, str]:
    """Returns the variables that every process needs, and none that a developer's shell or the tests have set."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}
