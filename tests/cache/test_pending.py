"""Pending invalidations: what is invalidated meanwhile, when the process ends, and in a process that is forked."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings

from cache import generations
from cache.client import cache_at
from cache.connection import close_connections
from cache.generations import current_generations, invalidate, pending_invalidations
from tests.cache.conftest import forget_failures
from tests.conftest import CACHES
from tests.gate import gate_before
from tests.servers import HOST


def test_an_invalidation_during_another_one_stays_pending_until_it_is_sent(
    memcached: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    cache = type(generations.memcached(generations.CACHE))
    write = cache.set_many

    def write_slowly(self: Any, data: dict[str, Any], **more: Any) -> list[str]:
        failed = write(self, data, **more)
        # Another change is committed meanwhile, and its invalidation is not sent.
        generations._pending["a"] = object()
        return failed

    with monkeypatch.context() as patch:
        patch.setattr(cache, "set_many", write_slowly)
        patch.setattr(generations.background, "repeat", lambda task: None)
        invalidate(["a"])
    assert pending_invalidations() == {"a"}
    assert current_generations(["a"]) == {}
    invalidate(["b"])
    assert pending_invalidations() == set()
    assert current_generations(["a"]).keys() == {"a"}
    close_connections()


PROCESS = """
import os, sys
import django
django.setup()
from cache import background, generations
background.INTERVAL_SECONDS = 600  # so that only the end of the process sends it
generations.invalidate(["a"])
print(sorted(generations.pending_invalidations()), flush=True)
child = os.fork()
if not child:
    print(sorted(generations.pending_invalidations()), generations.background.thread, flush=True)
    os._exit(0)
os.waitpid(child, 0)
sys.stdin.readline()
"""


def test_a_process_sends_what_is_pending_before_it_ends_and_a_forked_one_has_nothing_pending(
    memcached: str, settings: Any
) -> None:
    settings.CACHES = {name: cache_at(memcached, name=name) for name in CACHES}
    former = current_generations(["a"])
    with gate_before(int(memcached.rpartition(":")[2])) as gate:
        gate.refuse()
        with subprocess.Popen(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROCESS],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "settings.test",
                "MEMCACHED_URL": f"memcached://{HOST}:{gate.port}",
            },
            cwd=django_settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert [process.stdout.readline() for _ in range(2)] == ["['a']\n", "[] None\n"]
            assert current_generations(["a"]) == former
            gate.open()
            process.communicate("end\n", timeout=60)
        assert process.returncode == 0
    assert current_generations(["a"]).keys() == {"a"}
    assert current_generations(["a"]) != former
    forget_failures()
    close_connections()


def test_a_process_that_ends_waits_for_memcached_only_so_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    results = [False, True]
    monkeypatch.setattr(generations, "send_pending", lambda: results.pop(0))
    generations.send_at_end()
    assert (results, caplog.messages) == ([], [])
    monkeypatch.setattr(generations, "END_SECONDS", -1)
    monkeypatch.setattr(generations, "send_pending", lambda: False)
    generations.send_at_end()
    assert caplog.messages == ["The process ends with changes that Memcached has not heard of."]
