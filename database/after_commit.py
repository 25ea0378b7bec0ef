"""Functions that are called after a COMMIT, and also after one that failed, since that may have happened all the same.

If the connection breaks at COMMIT, nobody knows whether the change was made, and Django drops what `on_commit` has
registered. A cache has to be invalidated in this case, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


@dataclass(frozen=True)
class AfterCommit:
    """A call of a function. Equal ones of one transaction are made once."""

    function: Callable[..., object]
    arguments: tuple[Any, ...]

    def __call__(self) -> None:
        self.function(*self.arguments)


class Commit:
    """Replaces `commit` of a Django connection: makes the calls when COMMIT fails. The function must not raise."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def __call__(self) -> None:
        try:
            type(self.connection).commit(self.connection)
        except BaseException:
            for call in registered_calls(self.connection):
                call()
            raise


def after_commit(function: Callable[..., object], *arguments: Any, using: str = DEFAULT_DB_ALIAS) -> None:
    """Call the function with these arguments once the transaction is committed or may be; at once without one.

    It is not called after a rollback. It must not raise.
    """
    call = AfterCommit(function, arguments)
    if call not in registered_calls(connections[using]):
        transaction.on_commit(call, using=using, robust=True)


def arguments_after_commit(function: Callable[..., object], using: str = DEFAULT_DB_ALIAS) -> list[tuple[Any, ...]]:
    """The arguments with which this function is to be called after the open transaction."""
    return [call.arguments for call in registered_calls(connections[using]) if call.function == function]


def registered_calls(connection: BaseDatabaseWrapper) -> list[AfterCommit]:
    calls = (entry[1] for entry in connection.run_on_commit)  # (ids of savepoints, function, whether it may raise)
    return [call for call in calls if isinstance(call, AfterCommit)]


def connect_receivers() -> None:
    """Connect the receiver of new connections."""
    connection_created.connect(replace_commit)


def replace_commit(connection: BaseDatabaseWrapper, **_: object) -> None:
    connection.commit = Commit(connection)  # type: ignore[method-assign]
