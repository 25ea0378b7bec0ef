"""Fixtures of the tests of compiled queries."""

from typing import Any

import pytest


@pytest.fixture
def _compiled(settings: Any) -> None:
    """Switches compiled queries on, whatever COMPILED_QUERIES is in this run."""
    settings.COMPILED_QUERIES = True
