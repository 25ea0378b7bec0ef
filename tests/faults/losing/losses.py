"""What the database of tests.faults.losing loses: two files tell its processes, and they log it to a third one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Losses:
    """home: the directory of the files."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log, self.once, self.what = home / "log", home / "once", home / "what"
        self.what.write_text("")

    @property
    def variables(self) -> dict[str, str]:
        """Those of an application that loses."""
        settings = "--env DJANGO_SETTINGS_MODULE=tests.faults.losing.settings"
        return {"GUNICORN_CMD_ARGS": settings, "LOSE_HOME": str(self.home)}

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Loses this until the block ends: see tests/faults/losing/base.py."""
        self.once.unlink(missing_ok=True)
        self.log.write_text("")
        self.what.write_text(what)
        try:
            yield
        finally:
            self.what.write_text("")

    def lines(self) -> Counter[str]:
        """How often each line is in the log of the last block."""
        return Counter(self.log.read_text().splitlines())
