"""The memory of a part of the stack, limited as in compose.yml by a control group; without the right to make one, it is
only measured."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import yaml
from django.conf import settings

from tests.faults.nginx import unlinked_bytes

CONTROLLER = Path("/sys/fs/cgroup/memory")
"""The memory controller of version 1. Version 2 is one tree, which usually belongs to systemd."""

SAMPLE_SECONDS = 0.05
UNITS = {"m": 2**20, "g": 2**30}


def limit_of(service: str) -> int:
    """The memory limit of a service in compose.yml, in bytes."""
    text = yaml.safe_load((settings.BASE_DIR / "compose.yml").read_text())["services"][service]["mem_limit"]
    return int(text[:-1]) * UNITS[text[-1]]


def can_limit() -> bool:
    return os.access(CONTROLLER / "cgroup.procs", os.W_OK)


class Limited:
    """Processes with a memory limit.

    limit: bytes. processes: returns the processes that there are now. method: how memory is measured.
    """

    def __init__(self, name: str, limit: int, processes: Callable[[], list[psutil.Process]]) -> None:
        self.name, self.limit, self.processes = name, limit, processes
        self.peak = 0
        self.group = CONTROLLER / f"appointments-test-{os.getpid()}-{name}" if can_limit() else None
        self.method = "control group" if self.group else "PSS"
        if self.group:
            self.group.mkdir()
            (self.group / "memory.limit_in_bytes").write_text(str(limit))

    @property
    def prefix(self) -> list[str]:
        """What stands before a command, so that it and its children are limited."""
        return ["sh", "-c", f'echo $$ >{self.group}/cgroup.procs; exec "$@"', "limited"] if self.group else []

    @property
    def used(self) -> int:
        """Bytes in use: without the pages of files on a disk, which the kernel drops when it needs them, and with those
        of files in memory."""
        if self.group:
            lines = (self.group / "memory.stat").read_text().splitlines()
            stat = {name: int(number) for name, number in map(str.split, lines)}
            used = int((self.group / "memory.usage_in_bytes").read_text())
            return used - stat["total_inactive_file"] - stat["total_active_file"]
        processes, used = self.processes(), 0
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                used += process.memory_full_info().pss
        return used + unlinked_bytes(processes)

    @property
    def killed(self) -> int:
        """How many processes the kernel has killed at the limit."""
        if not self.group:
            return 0
        lines = (self.group / "memory.oom_control").read_text().splitlines()
        return int(dict(map(str.split, lines)).get("oom_kill", 0))

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Notes the peak during the block."""
        over = threading.Event()
        self.peak = self.used

        def sample() -> None:
            while not over.wait(SAMPLE_SECONDS):
                self.peak = max(self.peak, self.used)

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def close(self) -> None:
        """Removes the group, whose processes must have ended."""
        if self.group:
            self.group.rmdir()
