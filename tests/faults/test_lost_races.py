"""A fifth of all transactions lose a race, and no client notices. A connection lost at COMMIT is an error, and a retry
with the same idempotency key returns the outcome of the change."""

from functools import partial

import pytest

from tests.faults.database import MIN_CONFIRMED, assert_consistent
from tests.faults.stack import wait_until

pytestmark = pytest.mark.faults

RACES = (1213, 1205, 1020)


@pytest.fixture
def app_variables(losses):
    return losses.variables


@pytest.fixture
def changes(load):
    """Load of many changes."""
    return partial(load, share_of_changes=0.5, confirmed=MIN_CONFIRMED)


def test_no_client_notices_lost_races(stack, load, changes, report, losses):
    with load() as quiet, quiet.phase(50, full=10) as before:
        pass
    with losses.of("races"), changes() as traffic, traffic.phase(full=15) as during:
        wait_until(lambda: losses.lines()["begun"] >= 300)
    report.add("MariaDB", "a fifth of the transactions lose a race", before=before, during=during)

    lost = losses.lines()
    begun = lost.pop("begun")
    assert 0.1 < lost.total() / begun < 0.3
    assert lost.keys() == {f"{error} {where}" for error in RACES for where in ("at a statement", "at COMMIT")}
    assert traffic.failures == []
    assert_consistent(stack, quiet, traffic)


def test_a_connection_lost_at_commit_is_an_error_and_a_retry_with_the_key_succeeds(
    stack, load, changes, report, losses
):
    with load() as quiet, quiet.phase(50, full=10) as before:
        pass
    with losses.of("commits"), changes(tries=50) as traffic, traffic.phase(full=15) as during:
        wait_until(lambda: losses.lines()["begun"] >= 100)
    report.add("MariaDB", "a third of the transactions lose their connection at COMMIT", before=before, during=during)

    lost = losses.lines()
    assert lost["2013 before COMMIT"] >= 5
    assert lost["2013 after COMMIT"] >= 5
    assert {(request.kind, request.codes) for request in traffic.failures} == {("keyed POST", ("SERVICE_UNAVAILABLE",))}
    assert len(traffic.failures) == lost["2013 before COMMIT"] + lost["2013 after COMMIT"]
    assert_consistent(stack, quiet, traffic)
