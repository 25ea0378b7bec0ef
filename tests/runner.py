"""The TEST_RUNNER of `manage.py test`: runs pytest, so that both commands run the same suite."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

import pytest


class PytestRunner:
    """A TEST_RUNNER that translates Django's options. Labels are paths, dotted modules or pytest's node ids."""

    def __init__(self, *, verbosity: int = 1, failfast: bool = False, keepdb: bool = False, **_: Any) -> None:
        self.arguments = ["--pyargs"]  # for labels that are dotted modules
        if verbosity != 1:
            self.arguments.append(f"--verbosity={verbosity - 1}")
        if failfast:
            self.arguments.append("--exitfirst")
        if keepdb:
            self.arguments.append("--reuse-db")

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        parser.add_argument("--failfast", action="store_true", help="Stop at the first failure.")
        parser.add_argument("--keepdb", action="store_true", help="Keep the test database for the next run.")

    def run_tests(self, test_labels: Sequence[str], **_: Any) -> int:
        """Returns pytest's exit status: zero when everything passed; Django takes any other number for failures."""
        return int(pytest.main([*self.arguments, *test_labels]))
