"""The database's clock is wrong under load: readiness says so, and the application goes on by its own clock."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.database import MIN_CONFIRMED, admin_cursor, assert_consistent, connections, kill_connections
from tests.faults.outage import wait_for_readiness

pytestmark = pytest.mark.faults

HOUR_SECONDS = 3600
TOLERANCE_SECONDS = 120


@pytest.mark.parametrize("seconds", [HOUR_SECONDS, -HOUR_SECONDS])
def test_a_wrong_clock_of_the_database_is_told_and_changes_no_hold(seconds, stack, load, api_client, report):
    with load(tries=50, confirmed=MIN_CONFIRMED) as traffic, admin_cursor(stack) as cursor:
        with traffic.phase(50, full=10) as before:
            pass
        try:
            # Of every new connection of the application, until it ends.
            cursor.execute("SET GLOBAL init_connect = %s", [f"SET timestamp = UNIX_TIMESTAMP() + {seconds}"])
            kill_connections(cursor, connections(cursor))
            with traffic.phase(150, full=15) as during:
                states = wait_for_readiness(api_client, 200, "degraded")
        finally:
            cursor.execute("SET GLOBAL init_connect = ''")
            kill_connections(cursor, connections(cursor))
        wait_for_readiness(api_client, 200, "ok")
    report.add("MariaDB", f"its clock is an hour {'ahead' if seconds > 0 else 'behind'}", before=before, during=during)

    assert states["clock"] == "skewed"
    assert abs(states["clock_skew_seconds"] - seconds) < TOLERANCE_SECONDS
    assert {key: states[key] for key in ("database", "memcached", "redis")} == dict.fromkeys(
        ("database", "memcached", "redis"), "ok"
    )
    assert {request.codes for request in traffic.failures} <= {("SERVICE_UNAVAILABLE",)}  # connections that were killed
    # Holds last half an hour of the application's clock, whatever the database's shows.
    lapses = stack.evaluate(
        "[hold.isoformat() for hold in Reservation.objects.filter("
        f"pk__gt={traffic.crowd.last_reservation}, expires_at__isnull=False).values_list('expires_at', flat=True)]"
    )
    latest = datetime.now(UTC) + timedelta(minutes=30)
    assert all(latest - timedelta(minutes=10) < datetime.fromisoformat(lapse) <= latest for lapse in lapses)
    assert_consistent(stack, traffic)
