"""Two runs of the suite at once in one tree do not disturb each other: databases, servers and files are their own."""

import os
import subprocess
import sys

from django.conf import settings

TESTS = [
    "tests/races/test_reservation.py::test_a_hold_is_moved_while_it_is_confirmed",
    "tests/cache/test_several_servers.py",
]
"""They have a database, which servers of theirs use too, and a Memcached server."""


def test_two_runs_at_once_pass():
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    command = [sys.executable, "-m", "pytest", "-q", *TESTS]
    runs = [
        subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,  # a question whether to replace a database would be an error
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(2)
    ]
    outputs = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], "\n".join(outputs)
