"""The domain, its tables and its commands, without GraphQL."""

import pytest

pytest.register_assert_rewrite("tests.reservation.rows")
