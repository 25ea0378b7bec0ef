"""A slow reader cannot bring back what a writer has invalidated. Two processes, one real Memcached."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db.models.signals import post_save

from cache import invalidation
from cache.catalogue import PROVIDERS
from reservation.models import Provider
from tests.factories import make_provider
from tests.servers import url_of_test_database


@contextmanager
def paused_reader(provider: Provider, *, memcached: str) -> Iterator[None]:
    """Another process, which has read the provider, and caches it when the block ends."""
    environment = {"DATABASE_URL": url_of_test_database(), "MEMCACHED_URL": memcached}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cache.paused_reader", str(provider.pk)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings.test", **environment},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "read\n"
        yield
        reader.communicate("go on\n", timeout=30)
    assert reader.returncode == 0


@pytest.mark.parametrize("is_invalidated", [True, False])
def test_rows_that_a_paused_reader_caches_are_used_unless_invalidated(rows: str, is_invalidated: bool) -> None:
    # Given a reader in another process that has read the provider's former name
    provider = make_provider(name="Anna")
    if not is_invalidated:
        post_save.disconnect(invalidation.on_row_changed, sender=Provider)
    try:
        with paused_reader(provider, memcached=rows):
            # When the provider is renamed before the reader continues
            provider.name = "Berta"
            provider.save()
    finally:
        post_save.connect(invalidation.on_row_changed, sender=Provider)
    # Then the new name is read, and only because the row was invalidated
    assert PROVIDERS.read([provider.pk])[provider.pk].name == ("Berta" if is_invalidated else "Anna")
