"""Prepares the database before a container serves: waits for it, and migrates it, one container at a time."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

RETRY_SECONDS = 0.5

LOCKS = {
    "mysql": "SELECT GET_LOCK(%s, 0)",
    "postgresql": "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))",
}
"""Statements that acquire a lock for as long as the connection lasts, and return at once whether they did.

SQLite needs none: several containers do not share its file.
"""


class Command(BaseCommand):
    help = (
        "Wait for the database, then migrate it. Of several that run at once, one migrates and the others wait for it."
    )
    requires_system_checks = ()  # some need the database, which may not be available yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=60, help="how many seconds for the database (60)")
        parser.add_argument("--lock-wait", type=float, default=600, help="how many for another migration (600)")

    def handle(self, *_args: Any, wait: float, lock_wait: float, **_options: Any) -> None:
        database = connection.settings_dict
        where = f"{database['HOST']}:{database['PORT']}" if database["HOST"] else str(database["NAME"])
        self.wait_for(f"the database at {where}", is_available, wait)
        with self.only_one(lock_wait):
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"The database is ready: {len(pending)} migrations were applied.")

    @contextmanager
    def only_one(self, seconds: float) -> Generator[None]:
        """Hold the migration lock within the block. A process that is killed releases it with its connection."""
        if lock := LOCKS.get(connection.vendor):
            # On MySQL a name is shared by the whole server, and has at most 64 characters.
            name = sha256(f"migrate {connection.settings_dict['NAME']}".encode()).hexdigest()
            self.wait_for("another process to migrate", lambda: acquires(lock, name), seconds)
        try:
            yield
        finally:
            connection.close()

    def wait_for(self, what: str, is_done: Callable[[], bool], seconds: float) -> None:
        """Wait until it is done, and print the reason whenever that changes. Raises CommandError at the timeout."""
        gives_up_at = time.monotonic() + seconds
        printed = None
        while True:
            reason = ""
            try:
                if is_done():
                    return
            except OperationalError as error:
                reason = f": {error}"
                connection.close()  # or the next attempt would use the broken one
            if time.monotonic() >= gives_up_at:
                raise CommandError(f"Waited {seconds:g} s for {what}{reason}")
            if printed != reason:
                self.stdout.write(f"Waiting for {what}{reason}")
                self.stdout.flush()  # a log shows it at once
                printed = reason
            time.sleep(RETRY_SECONDS)


def is_available() -> bool:
    """Returns True once the database accepts connections. Raises OperationalError before."""
    connection.ensure_connection()
    return True


def acquires(lock: str, name: str) -> bool:
    """Try to acquire the lock of this name, and return whether that succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(lock, [name])
        return bool(cursor.fetchone()[0])
