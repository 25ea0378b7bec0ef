"""Attacks on the stack with the limits of production, its memory limited as in compose.yml, beside honest clients."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress

import psutil
import pytest
from django.conf import settings

from tests.faults.attacks import ATTACKS
from tests.faults.full_run import IS_FULL_RUN
from tests.faults.load import Crowd, generate_load
from tests.faults.memory import Limited, limit_of
from tests.faults.mounts import can_mount, small_directory
from tests.faults.report import percentile, write_between
from tests.faults.stack import NO_LIMITS, cloned_stack, wait_until

pytestmark = pytest.mark.faults

HONEST = tuple(f"127.0.0.{number}" for number in range(11, 15))
"""Addresses of loopback: to nginx these are several clients. Each attack comes from another one, too."""

TEMPORARY_MB = int(re.search(r"/tmp:size=(\d+)m", (settings.BASE_DIR / "compose.yml").read_text())[1])
"""The size of the directory of nginx's temporary files, which is in memory, as in compose.yml."""

HONEST_SLOWDOWN_SECONDS = 5.0
"""By how much the 99th percentile of honest clients may grow: much, since the machine may do other work. The table has
what it was."""

COLUMNS = ("Attack", "Responses", "nginx", "Workers", "CPU per request", "Honest p99 before", "and meanwhile")
CAPTION = "Peak memory by {method}; the limits are {nginx} and {app} MB."


@pytest.fixture(scope="module")
def limited_stack(tmp_path_factory, template):
    """A stack with production's limits and compose's processes, in groups with compose's memory limits."""
    home = tmp_path_factory.mktemp("attacked")
    variables = {**dict.fromkeys(NO_LIMITS), "WEB_CONCURRENCY": "4", "WEB_THREADS": "2", "LOG_LEVEL": "ERROR"}
    with ExitStack() as exits:
        stack = exits.enter_context(cloned_stack(home, template, **variables))
        groups = {}
        for name, service in (("nginx", "nginx"), ("app", "app-api-django")):
            stack.kill(name)

            def processes(name=name):
                with suppress(psutil.NoSuchProcess, ValueError):
                    main = psutil.Process(stack.pid(name))
                    return [main, *main.children(recursive=True)]
                return []

            groups[name] = Limited(name, limit_of(service), processes)
            exits.callback(groups[name].close)
            if name == "nginx" and can_mount():
                exits.enter_context(small_directory(home / "nginx", megabytes=TEMPORARY_MB))
            exits.callback(stack.kill, name)
            stack.start_in(groups[name].prefix, name)
        yield stack, groups


@pytest.fixture(scope="module")
def rows(limited_stack):
    """The rows of the table, which is printed, and written when all attacks are measured by script/faults."""
    found = []
    yield found
    _, groups = limited_stack
    limits = {name: group.limit // 2**20 for name, group in groups.items()}
    lines = [" | ".join(row) for row in (COLUMNS, ["---"] * len(COLUMNS), *found)]
    table = "".join(f"| {line} |\n" for line in lines) + "\n"
    table += CAPTION.format(method=groups["app"].method, **limits) + "\n"
    print(f"\n{table}")
    if IS_FULL_RUN and len(found) == len(ATTACKS):
        write_between("<!-- attacks: written by `script/faults` -->", "<!-- /attacks -->", table)


def cpu_seconds(group):
    """The CPU time of the processes that there are."""
    used = 0.0
    for process in group.processes():
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def run_beside(attack, target):
    """Runs the attack in a process of its own, which leaves the CPU to the others, as if it were on another machine.

    In an ordinary run it gets a part, since the tests of other faults, which run at the same time, may want all.
    """
    nice = ["nice", "-n", "19" if IS_FULL_RUN else "5"]
    command = [*nice, sys.executable, "-m", "tests.faults.attacks", attack.run.__name__]
    run = subprocess.run(command, input=json.dumps(target), capture_output=True, text=True, cwd=settings.BASE_DIR)
    assert run.returncode == 0, run.stderr
    return Counter(json.loads(run.stdout))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.run.__name__)
def test_an_attack_stays_within_the_limits_and_honest_clients_are_served(attack, limited_stack, rows):
    stack, groups = limited_stack
    port = stack.port("nginx")
    target = {**stack.ask("target"), "port": port, "address": f"127.0.1.{1 + ATTACKS.index(attack)}"}
    crowd = Crowd(**stack.ask("crowd", 40))
    wait_until(lambda: all(group.processes() for group in groups.values()))

    with generate_load(port, crowd, clients=len(HONEST), pause=0.15, addresses=HONEST) as honest:
        wait_until(lambda: len(honest.requests) > 2 * len(HONEST))
        idle_from, idle = time.monotonic(), {name: cpu_seconds(group) for name, group in groups.items()}
        with honest.phase(25, full=10) as before:
            pass
        idle_share = {
            name: (cpu_seconds(group) - idle[name]) / (time.monotonic() - idle_from) for name, group in groups.items()
        }
        with groups["app"].watch(), groups["nginx"].watch(), honest.phase(10) as during:
            began, used = time.monotonic(), {name: cpu_seconds(group) for name, group in groups.items()}
            statuses = run_beside(attack, target)
            lasted = time.monotonic() - began
            spent = sum(cpu_seconds(group) - used[name] - idle_share[name] * lasted for name, group in groups.items())
    number = statuses.total()
    rows.append(
        (
            attack.name,
            ", ".join(f"{times:,} {status.strip()}" for status, times in statuses.most_common()),
            *(f"{groups[name].peak / 2**20:.0f} MB" for name in ("nginx", "app")),
            f"{max(spent, 0) * 1000 / number:.1f} ms",
            *(f"{percentile(requests, 0.99) * 1000:.0f} ms" for requests in (before, during)),
        )
    )

    # Nobody ends at a limit, and every process is within its own.
    assert {name: group.killed for name, group in groups.items()} == {"app": 0, "nginx": 0}
    assert all(group.peak < group.limit for group in groups.values())
    assert {re.search(r"cut|closed|\d{3}", status)[0] for status in statuses} <= attack.allowed
    # Honest clients are served.
    assert [request for request in honest.requests if request.failed] == []
    assert percentile(during, 0.99) < percentile(before, 0.99) + HONEST_SLOWDOWN_SECONDS
