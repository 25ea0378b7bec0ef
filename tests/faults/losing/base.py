"""Each transaction gets a random outcome when it begins, of those that the file `what` in LOSE_HOME names. The file
`log` gets a line for each transaction and each failure. Nothing is lost or logged while `what` is empty.

races: a fifth of them lose a race, at one of their statements or at COMMIT. At most four in a row of a connection
do, because a transaction is tried five times and then fails by design, as 0.03 % of all would.
commits: a third of them lose their connection at COMMIT, before the server has received it or after it committed.
processes: the process of an eighth of them is killed at COMMIT, in the same way.
once answer, once process, once pause: only the first of all loses the answer to its COMMIT, is killed after it, or
goes on PAUSE_SECONDS later.
"""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import MySQLdb
from django.db.backends.mysql import base

LOCK_WAIT_TIMEOUT = 1205
RACES = (1213, LOCK_WAIT_TIMEOUT, 1020)
COMMIT = 0
PLACES = (*(COMMIT,) * 6, *range(1, 7))
"""The statement that fails, counted from 1. A transaction with fewer statements fails at COMMIT."""

MOST_IN_A_ROW = 4
LOST_CONNECTION = 2013
KILLED, PAUSED = -1, -2
PAUSE_SECONDS = 3


class Outcome(NamedTuple):
    """error: the number of the server's error; KILLED, PAUSED, or 0. place: the statement that fails, as in PLACES.

    is_committed: whether the server commits all the same.
    """

    error: int = 0
    place: int = COMMIT
    is_committed: bool = False


ONCE = {
    f"once {what}": Outcome(error, is_committed=True)
    for what, error in (("answer", LOST_CONNECTION), ("process", KILLED), ("pause", PAUSED))
}


HOME = Path(os.environ["LOSE_HOME"])


def draw_outcome(what: str) -> Outcome:
    if what in ONCE:
        try:
            (HOME / "once").open("x").close()
        except FileExistsError:
            return Outcome()
        return ONCE[what]
    if what == "races":
        return Outcome(random.choice(RACES), random.choice(PLACES)) if random.random() < 0.2 else Outcome()
    error, share = (LOST_CONNECTION, 1 / 3) if what == "commits" else (KILLED, 1 / 8)
    return Outcome(error, is_committed=draw_is_committed()) if random.random() < share else Outcome()


def draw_is_committed() -> bool:
    """Both happen before either may come a second time by chance, since a run may have few losses."""
    with (HOME / "log").open() as log:
        places = {line.split(maxsplit=1)[1].strip() for line in log if line != "begun\n"}
    return random.choice([True, False]) if len(places) != 1 else places == {"before COMMIT"}


class DatabaseWrapper(base.DatabaseWrapper):
    outcome = Outcome()
    statements = 0
    losses_in_a_row = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers.append(self.count_statement)

    def set_autocommit(self, autocommit: bool, **options: Any) -> None:
        super().set_autocommit(autocommit, **options)
        self.statements = 0
        self.outcome = Outcome()
        if not autocommit and (what := (HOME / "what").read_text()):
            self.outcome = draw_outcome(what) if self.losses_in_a_row < MOST_IN_A_ROW else Outcome()
            self.losses_in_a_row = self.losses_in_a_row + 1 if self.outcome.error else 0
            log_line("begun")

    def count_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        # Statements of savepoints cannot lose a race.
        if self.outcome.error and self.outcome.place and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.statements += 1
            if self.statements == self.outcome.place:
                with self.wrap_database_errors:
                    self.lose()
        return execute(sql, params, many, context)

    def _commit(self) -> None:
        if not self.outcome.error:
            super()._commit()
            return
        if self.outcome.is_committed:
            super()._commit()
        if self.outcome.error == PAUSED:
            log_line(f"{PAUSED} after COMMIT")
            time.sleep(PAUSE_SECONDS)
            return
        with self.wrap_database_errors:
            self.lose()

    def lose(self) -> None:
        """Does what the server does in this case, and raises what the driver does."""
        error = self.outcome.error
        log_line(f"{error} {self.where}")
        if error == KILLED:
            os.kill(os.getpid(), signal.SIGKILL)
        self.outcome = Outcome()
        if error == LOST_CONNECTION:
            self.connection.close()  # which rolls an open transaction back, like a broken connection
        elif error != LOCK_WAIT_TIMEOUT:  # which fails the statement alone
            self.connection.rollback()
        raise MySQLdb.OperationalError(error, "This was lost on purpose.")

    @property
    def where(self) -> str:
        if self.outcome.error in (LOST_CONNECTION, KILLED):
            return "after COMMIT" if self.outcome.is_committed else "before COMMIT"
        return "at a statement" if self.outcome.place == self.statements != COMMIT else "at COMMIT"


def log_line(line: str) -> None:
    with (HOME / "log").open("a") as log:
        log.write(f"{line}\n")
