"""Fixtures of the tests of script/release and script/backport."""

from pathlib import Path

import pytest

from tests.script.scratch import Scratch


@pytest.fixture(scope="package")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """A clone that no test changes: each works in a copy."""
    return Scratch.clone(tmp_path_factory.mktemp("clone") / "scratch")


@pytest.fixture
def scratch(clone: Scratch, tmp_path: Path) -> Scratch:
    return clone.copy(tmp_path / "scratch")
