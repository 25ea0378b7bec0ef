"""Mirrors the tree. What a test proves is its name; `conftest` and `factories` are what all of them share."""

import os
import sys

import pytest

# Where bytecode is not written, each process of the suite, and each that it starts, compiles all that it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest.register_assert_rewrite("tests.rows")
