"""What a container does before it serves: waits for the database, and migrates it unless another one is at it."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

ASK_AGAIN_SECONDS = 0.5

LOCKS = {
    "mysql": "SELECT GET_LOCK(%s, 0)",
    "postgresql": "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))",
}
"""How to take a lock that is kept for as long as the connection, or be told at once that another one has it.

A SQLite file is one machine's own, where nobody starts two containers.
"""


class Command(BaseCommand):
    help = (
        "Wait for the database, then migrate it. Of several that run at once, one migrates and the others wait for it."
    )
    requires_system_checks = ()  # some ask the database, which may not be there yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=60, help="how many seconds for the database (60)")
        parser.add_argument("--lock-wait", type=float, default=600, help="how many for another one that migrates (600)")

    def handle(self, *_args: Any, wait: float, lock_wait: float, **_options: Any) -> None:
        database = connection.settings_dict
        where = f"{database['HOST']}:{database['PORT']}" if database["HOST"] else str(database["NAME"])
        self.wait_for(f"the database at {where}", is_there, wait)
        with self.only_one(lock_wait):
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"The database is ready: {len(pending)} migrations were applied.")

    @contextmanager
    def only_one(self, seconds: float) -> Iterator[None]:
        """Hold the lock meanwhile. Whoever is killed gives it back: it goes with the connection."""
        if lock := LOCKS.get(connection.vendor):
            # A name is the whole server's on MySQL, and has 64 characters at most.
            name = sha256(f"migrate {connection.settings_dict['NAME']}".encode()).hexdigest()
            self.wait_for("another one that migrates", lambda: takes(lock, name), seconds)
        try:
            yield
        finally:
            connection.close()

    def wait_for(self, what: str, is_over: Callable[[], bool], seconds: float) -> None:
        """Say so once, and again when the reason changes. Raises CommandError when it takes longer."""
        gives_up_at = time.monotonic() + seconds
        said = None
        while True:
            reason = ""
            try:
                if is_over():
                    return
            except OperationalError as error:
                reason = f": {error}"
                connection.close()  # or the next attempt would go by the one that is broken
            if time.monotonic() >= gives_up_at:
                raise CommandError(f"Waited {seconds:g} s for {what}{reason}")
            if said != reason:
                self.stdout.write(f"Waiting for {what}{reason}")
                self.stdout.flush()  # who reads a log wants to know now
                said = reason
            time.sleep(ASK_AGAIN_SECONDS)


def is_there() -> bool:
    connection.ensure_connection()
    return True


def takes(lock: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(lock, [name])
        return bool(cursor.fetchone()[0])
