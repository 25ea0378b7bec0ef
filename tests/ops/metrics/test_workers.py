"""All workers of a server together count exactly what clients requested, while workers restart and Redis fails."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from urllib.request import urlopen

from mirakuru import TCPExecutor
from prometheus_client.parser import text_string_to_metric_families

from ops.metrics import families
from tests.ops.metrics.conftest import MakeMetrics, hanging, url_of
from tests.servers import HOST, serve

PATHS = {"/": "home", "/nothing/": "other"}
"""The paths that clients request, and the names of their routes."""
WORKERS = 2
PAUSE_SECONDS = 0.01
"""Between two requests of a client: without it they would use every CPU."""

Counted = Counter[tuple[str, ...]]


@dataclass
class Site:
    """A running server: its port, and its log file."""

    port: int
    log: Path

    @property
    def workers_started(self) -> int:
        return self.log.read_text().count("Booting worker with pid")

    def shown(self) -> Counted:
        """The numbers of requests in /metrics, by route and status, of the routes that clients request."""
        with urlopen(f"http://{HOST}:{self.port}/metrics", timeout=20) as response:
            text = response.read().decode()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return of_clients(
            {
                (sample.labels["route"], sample.labels["status"]): int(sample.value)
                for sample in samples
                if "route" in sample.labels
            }
        )


def of_clients(counts: Mapping[tuple[str, ...], int]) -> Counted:
    """Without health checks and requests for /metrics."""
    return Counter({labels: number for labels, number in counts.items() if labels[0] in PATHS.values()})


@contextmanager
def serving(redis: TCPExecutor, folder: Path, *, max_requests: int = 0) -> Iterator[Site]:
    """A server of two workers, each of which restarts after so many requests."""
    path = folder / "log"
    variables = {
        "DJANGO_SETTINGS_MODULE": "tests.ops.metrics.settings",
        "REDIS_URL": url_of(redis),
        "GUNICORN_CMD_ARGS": f"--max-requests={max_requests} --max-requests-jitter={max_requests // 5}",
    }
    with (
        path.open("wb") as log,
        serve(database_url="sqlite://:memory:", workers=WORKERS, threads=4, log=log, **variables) as port,
    ):
        yield Site(port, path)


@contextmanager
def clients(port: int, *, threads: int = 4) -> Iterator[Counted]:
    """Clients that send requests until the block ends, some hundred a second. The responses are counted then."""
    is_over = threading.Event()
    responses: list[tuple[str, ...]] = []
    failed: list[Exception] = []

    def send_requests() -> None:
        for path, route in cycle(PATHS.items()):
            if is_over.wait(PAUSE_SECONDS):
                return
            connection = HTTPConnection(HOST, port, timeout=20)
            try:
                connection.request("GET", path)
                responses.append((route, str(connection.getresponse().status)))
            except OSError as error:
                failed.append(error)
            finally:
                connection.close()

    senders = [threading.Thread(target=send_requests) for _ in range(threads)]
    for thread in senders:
        thread.start()
    counted: Counted = Counter()
    try:
        yield counted
    finally:
        is_over.set()
        for thread in senders:
            thread.join()
    assert failed == []
    counted.update(responses)


def wait_for_new_workers(site: Site, how_many: int) -> None:
    deadline = time.monotonic() + 60
    while site.workers_started < WORKERS + how_many:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_for(site: Site, counted: Counted) -> None:
    """Wait until /metrics shows these numbers: each worker writes once a second."""
    deadline = time.monotonic() + 20
    while (shown := site.shown()) != counted:
        assert time.monotonic() < deadline, (shown, counted)
        time.sleep(0.1)


def test_workers_count_together(redis: TCPExecutor, tmp_path: Path) -> None:
    with serving(redis, tmp_path) as site:
        with clients(site.port) as counted:
            time.sleep(2)
        assert {status for _, status in counted} == {"200", "404"}
        wait_for(site, counted)


def test_restarted_workers_lose_no_counts(redis: TCPExecutor, tmp_path: Path, make_metrics: MakeMetrics) -> None:
    with serving(redis, tmp_path, max_requests=100) as site:
        with clients(site.port) as counted:
            wait_for_new_workers(site, 4)
        wait_for(site, counted)
    assert of_clients(make_metrics(redis).total().of(families.HTTP_REQUESTS)) == counted


def test_a_server_that_stops_has_written_all_counts(
    redis: TCPExecutor, tmp_path: Path, make_metrics: MakeMetrics
) -> None:
    with serving(redis, tmp_path) as site, clients(site.port) as counted:
        time.sleep(1.5)
    assert of_clients(make_metrics(redis).total().of(families.HTTP_REQUESTS)) == counted


def test_nothing_is_lost_or_counted_twice_while_redis_hangs_and_workers_restart(
    redis: TCPExecutor, tmp_path: Path
) -> None:
    with serving(redis, tmp_path, max_requests=200) as site:
        with clients(site.port) as counted:
            time.sleep(1)
            with hanging(redis):
                time.sleep(3)
            wait_for_new_workers(site, 1)
            time.sleep(1)
        wait_for(site, counted)


def test_counts_that_a_killed_worker_has_written_are_not_lost(redis: TCPExecutor, tmp_path: Path) -> None:
    with serving(redis, tmp_path) as site:
        with clients(site.port) as counted:
            time.sleep(1)
        wait_for(site, counted)
        pid = int(site.log.read_text().rpartition("Booting worker with pid: ")[2].split()[0])
        os.kill(pid, signal.SIGKILL)
        with clients(site.port) as more:
            time.sleep(1)
        wait_for(site, counted + more)
