"""Each transaction is drawn its fate as it begins. LOSE_LOG has a line for each, and one for each loss.

LOSE=races: a fifth of them fail as they do when others were faster, at one of their statements or at COMMIT. One thread
never draws five such in a row, since five tries in a row is what may fail by design: 0.03 % of all would.
LOSE=commits: a third of them lose their connection at COMMIT, before the server has seen it or after it has done it.
"""

import os
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import MySQLdb
from django.db.backends.mysql import base

WAITED_TOO_LONG = 1205
RACES = (1213, WAITED_TOO_LONG, 1020)
COMMIT = 0
PLACES = (*(COMMIT,) * 6, *range(1, 7))
"""The statement of a transaction that fails, counted from 1. One that has not as many fails at COMMIT."""

MOST_IN_A_ROW = 4
LOST_CONNECTION = 2013


class Fate(NamedTuple):
    """error: the number that the server gives; 0 when nothing happens. place: where, as in PLACES.

    is_committed: whether the server has done it all the same.
    """

    error: int = 0
    place: int = COMMIT
    is_committed: bool = False


def draw() -> Fate:
    if os.environ["LOSE"] == "races":
        return Fate(random.choice(RACES), random.choice(PLACES)) if random.random() < 0.2 else Fate()
    return Fate(LOST_CONNECTION, is_committed=random.random() < 0.5) if random.random() < 1 / 3 else Fate()


class DatabaseWrapper(base.DatabaseWrapper):
    fate = Fate()
    statements = 0
    losses_in_a_row = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers.append(self.count_statement)

    def set_autocommit(self, autocommit: bool, **options: Any) -> None:
        super().set_autocommit(autocommit, **options)
        self.statements = 0
        self.fate = Fate()
        if not autocommit:
            self.fate = draw() if self.losses_in_a_row < MOST_IN_A_ROW else Fate()
            self.losses_in_a_row = self.losses_in_a_row + 1 if self.fate.error else 0
            tell("begun")

    def count_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        # What belongs to savepoints cannot lose a race.
        if self.fate.error and self.fate.place and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.statements += 1
            if self.statements == self.fate.place:
                with self.wrap_database_errors:
                    self.lose()
        return execute(sql, params, many, context)

    def _commit(self) -> None:
        if not self.fate.error:
            super()._commit()
            return
        if self.fate.is_committed:
            super()._commit()
        with self.wrap_database_errors:
            self.lose()

    def lose(self) -> None:
        """What the server does in such a case, and then what the driver raises."""
        error = self.fate.error
        tell(f"{error} {self.where}")
        self.fate = Fate()
        if error == LOST_CONNECTION:
            self.connection.close()  # which ends an open transaction, as a connection that breaks does
        elif error != WAITED_TOO_LONG:  # that ends the statement alone
            self.connection.rollback()
        raise MySQLdb.OperationalError(error, "This was lost on purpose.")

    @property
    def where(self) -> str:
        if self.fate.error == LOST_CONNECTION:
            return "after COMMIT" if self.fate.is_committed else "before COMMIT"
        return "at a statement" if self.fate.place == self.statements != COMMIT else "at COMMIT"


def tell(line: str) -> None:
    with open(os.environ["LOSE_LOG"], "a") as log:
        log.write(f"{line}\n")
