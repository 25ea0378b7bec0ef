"""Directories with little room, which only root can make."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def can_mount() -> bool:
    return os.geteuid() == 0


@contextmanager
def small_directory(path: Path, *, megabytes: int) -> Iterator[None]:
    """Mounts a file system in memory of this size there, until the block ends: nobody may use it any longer then."""
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)
