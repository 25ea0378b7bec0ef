"""The disk of MariaDB is full under load: changes are refused whole, reads go on, and it recovers once there is room.

MariaDB sometimes fails an assertion of its own when it rolls back on a full disk (seen with 10.11.19), and ends. Then
everything fails until its supervisor starts it again, which is this test.
"""

import uuid
from contextlib import closing, suppress

import pytest

from tests.faults.api_client import RESERVE, ApiClient, reservation_in
from tests.faults.database import MIN_CONFIRMED, assert_consistent
from tests.faults.load import Crowd, generate_load
from tests.faults.mounts import can_mount, small_directory
from tests.faults.outage import readiness
from tests.faults.stack import cloned_stack, wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not can_mount(), reason="Only root can mount a small file system."),
]

DISK_MB = 400
LONG_NOTE = "\N{GRINNING FACE}" * 2000
"""8 KB, so that the tables soon have to grow."""


@pytest.fixture
def small_stack(tmp_path, template):
    """A stack whose MariaDB has little room on its disk."""
    home = tmp_path / "stack"
    with small_directory(home / "mariadb", megabytes=DISK_MB), cloned_stack(home, template) as stack:
        yield stack


@pytest.fixture
def reserve(small_stack):
    """Reserves an appointment with a long note, once; returns the request. What is acknowledged counts for the load."""
    with closing(ApiClient(small_stack.port("nginx"))) as api_client:

        def reserve(traffic):
            crowd = traffic.crowd
            request = api_client.mutate(
                RESERVE,
                crowd.random_token(),
                uuid.uuid4().hex,
                appointmentId=crowd.appointments.pop(),
                note=LONG_NOTE,
            )
            if (hold := reservation_in(request)) is not None:
                traffic.held.append(hold)
            return request

        yield reserve


def fill(path):
    """Writes a file until the disk is full."""
    with path.open("wb", buffering=0) as ballast:
        for size in (2**20, 4096):
            with suppress(OSError):
                while True:
                    ballast.write(b"\0" * size)


def test_a_full_disk_refuses_changes_whole_and_loses_nothing(small_stack, reserve, report):
    stack, ballast = small_stack, small_stack.home / "mariadb" / "ballast"
    crowd = Crowd(**stack.ask("crowd", 40))
    workers = {worker.pid for worker in stack.workers()}

    with generate_load(stack.port("nginx"), crowd, clients=4, tries=2000, confirmed=MIN_CONFIRMED) as traffic:
        with traffic.phase(50, full=10) as before:
            pass
        fill(ballast)
        wait_until(lambda: reserve(traffic).failed)
        with traffic.phase(50, full=15) as during:
            refused = [request for request in (reserve(traffic) for _ in range(10)) if request.failed]
            with closing(ApiClient(stack.port("nginx"))) as api_client:
                ready = readiness(api_client)
        is_running = bool(stack.environment["MARIADB_PID"])
        ballast.unlink()

        def has_recovered():
            stack.recover()  # does nothing when MariaDB runs
            return not reserve(traffic).failed

        wait_until(has_recovered)
        with traffic.phase(50) as after:
            pass
    report.add("MariaDB", "its disk is full", before=before, during=during)

    assert refused
    assert {request.codes for request in (*refused, *traffic.failures)} == {("SERVICE_UNAVAILABLE",)}
    assert ready[:2] in ((200, "ok"), (503, "unavailable"))
    if is_running:
        assert [request for request in during if request.kind != "keyed POST" and request.failed] == []
    assert [request for request in after[-20:] if request.failed] == []
    assert {worker.pid for worker in stack.workers()} == workers
    assert_consistent(stack, traffic)
