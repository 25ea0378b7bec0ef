"""The machine and the software of a run, as a sentence."""

import os
import platform
import re
import subprocess
from pathlib import Path

from django.db import connection
from django.utils import timezone

from benchmarks.servers import THREADS, WORKERS

MODEL = re.compile(r"^model name\s*: (.+)$", re.MULTILINE)


def describe(what: str, *, load: float) -> str:
    """Returns the sentence. what: what was measured. load: the load average before the run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        (database,) = cursor.fetchone()
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip("v\n")
    found = MODEL.search(Path("/proc/cpuinfo").read_text())
    processor = re.sub(r"\(R\)|\(TM\)", "", found[1]) if found else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{what}, on {timezone.now():%d %B %Y}: {os.cpu_count()} CPUs ({processor}) and {memory:.0f} GiB for all "
        f"of it, {WORKERS} processes of each server ({THREADS} threads each on Python); {database}, Python "
        f"{platform.python_version()}, Node {node}; load average before: {load:.1f}."
    )
