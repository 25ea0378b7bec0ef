"""Fixtures of the tests of compiled queries."""

from typing import Any

import pytest


@pytest.fixture
def _compiled(settings: Any) -> None:
    """For tests of the compiled statements themselves, whatever COMPILED_QUERIES is in this run."""
    settings.COMPILED_QUERIES = True
