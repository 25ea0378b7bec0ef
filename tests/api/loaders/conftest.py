"""Fixtures of the tests of loaders."""

import asyncio
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, connections

from api.loaders import ProviderByIdLoader
from reservation.models import Provider


@dataclass(frozen=True)
class BatchRead:
    """The keys of a batch, and where it was read."""

    keys: list[int]
    thread: int
    connection: Any
    is_in_transaction: bool
    running_loop: Any


@pytest.fixture
def batch_reads(monkeypatch: pytest.MonkeyPatch) -> list[BatchRead]:
    """Records every batch of providers that is read during the test."""
    seen: list[BatchRead] = []
    read = ProviderByIdLoader.read

    def note(loader: ProviderByIdLoader, keys: list[int]) -> list[Provider | None]:
        where = (threading.get_ident(), connections["default"], connection.in_atomic_block, asyncio._get_running_loop())
        seen.append(BatchRead(list(keys), *where))
        return read(loader, keys)

    monkeypatch.setattr(ProviderByIdLoader, "read", note)
    return seen
