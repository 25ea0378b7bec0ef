"""Mirrors the tree. What a test proves is its name; `conftest` and `factories` are what all of them share."""

import pytest

pytest.register_assert_rewrite("tests.rows")
