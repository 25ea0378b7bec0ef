"""A fifth of all transactions lose a race, and no client notices. A connection lost at COMMIT is an error, and a retry
with the same idempotency key returns the outcome of the change."""

from collections import Counter

import pytest

from tests.faults.database import assert_consistent
from tests.faults.report import duration
from tests.faults.stack import wait_until

pytestmark = pytest.mark.faults

RACES = (1213, 1205, 1020)
LOSING = "--env DJANGO_SETTINGS_MODULE=tests.faults.losing.settings"


@pytest.fixture
def lose(stack, tmp_path):
    """Restarts the application on the database of tests.faults.losing; returns a function that counts its log lines."""
    log = tmp_path / "log"
    log.touch()

    def lose(what):
        stack.restart("app", GUNICORN_CMD_ARGS=LOSING, LOSE=what, LOSE_LOG=str(log))
        return lambda: Counter(log.read_text().splitlines())

    yield lose
    stack.restart("app")


def test_no_client_notices_lost_races(stack, load, report, lose):
    with load() as quiet, quiet.phase(duration(1, full=10)) as before:
        pass
    lines = lose("races")
    with load() as traffic, traffic.phase(duration(2, full=15)) as during:
        wait_until(lambda: lines()["begun"] >= 300)
    report.add("MariaDB", "a fifth of the transactions lose a race", before=before, during=during)

    lost = lines()
    begun = lost.pop("begun")
    assert 0.1 < lost.total() / begun < 0.3
    assert lost.keys() == {f"{error} {where}" for error in RACES for where in ("at a statement", "at COMMIT")}
    assert traffic.failures == []
    assert_consistent(stack, quiet, traffic)


def test_a_connection_lost_at_commit_is_an_error_and_a_retry_with_the_key_succeeds(stack, load, report, lose):
    with load() as quiet, quiet.phase(duration(1, full=10)) as before:
        pass
    lines = lose("commits")
    with load(tries=50) as traffic, traffic.phase(duration(2, full=15)) as during:
        wait_until(lambda: lines()["begun"] >= 100)
    report.add("MariaDB", "a third of the transactions lose their connection at COMMIT", before=before, during=during)

    lost = lines()
    assert lost["2013 before COMMIT"] >= 5
    assert lost["2013 after COMMIT"] >= 5
    assert {(request.kind, request.codes) for request in traffic.failures} == {("keyed POST", ("SERVICE_UNAVAILABLE",))}
    assert len(traffic.failures) == lost["2013 before COMMIT"] + lost["2013 after COMMIT"]
    assert_consistent(stack, quiet, traffic)
