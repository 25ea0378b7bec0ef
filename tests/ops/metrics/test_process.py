"""Each process has its own metrics, and a fork counts nothing twice."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as configured
from mirakuru import TCPExecutor

from ops.metrics import HOUR, Counts, Metrics, NullMetrics, families, metrics
from tests.environment import bare_environment
from tests.ops.metrics.conftest import MakeMetrics, url_of

FORK = """
import os, sys, threading, django
django.setup()
from ops.metrics import families, metrics
metrics().count(families.RESERVATIONS, "of the parent")
if sys.argv[1] == "written":
    metrics().writer.write()
children = []
for _ in range(2):
    child = os.fork()
    if not child:
        metrics().count(families.RESERVATIONS, "of a child")
        assert [thread.name for thread in threading.enumerate()].count("metrics") == 1
        sys.exit()
    children.append(child)
metrics().count(families.RESERVATIONS, "of the parent")
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""
"""Counts, forks twice, and counts again; then all three processes exit."""


def test_a_process_has_one_metrics_object(counting: Metrics) -> None:
    metrics().count(families.RESERVATIONS, "held")
    assert metrics() is counting
    assert metrics().total().of(families.RESERVATIONS) == {("held",): 1}
    assert metrics().history(HOUR).counts.of(families.RESERVATIONS) == {("held",): 1}


def test_the_metrics_object_follows_the_settings(counting: Metrics, settings: Any) -> None:
    settings.METRICS = False
    assert isinstance(metrics(), NullMetrics)
    settings.METRICS = True
    assert metrics() is counting


def test_null_metrics_have_the_same_methods() -> None:
    nothing = NullMetrics()
    counts = Counts()
    counts.count(families.RESERVATIONS, "held")
    nothing.add(counts)
    nothing.count(families.RESERVATIONS, "held")
    nothing.observe(families.GRAPHQL_SECONDS, "providers", seconds=1)
    assert (nothing.total(), nothing.history(HOUR).counts) == ({}, {})
    nothing.close()
    assert nothing.writer.thread is None
    with pytest.raises(ValueError, match="has the labels"):
        nothing.count(families.RESERVATIONS)


def test_a_single_duration_is_counted(counting: Metrics) -> None:
    metrics().observe(families.GRAPHQL_SECONDS, "providers", seconds=0.01)
    assert metrics().total().durations(families.GRAPHQL_SECONDS)["providers",].count == 1


@pytest.mark.parametrize("state", ["written", "waiting"])
def test_a_forked_process_writes_only_its_own_counts(state: str, redis: TCPExecutor, make_metrics: MakeMetrics) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, state],
        cwd=configured.BASE_DIR,
        env={
            **bare_environment(),
            "DJANGO_SETTINGS_MODULE": "settings",
            "DATABASE_URL": "sqlite://:memory:",
            "REDIS_URL": url_of(redis),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    found = make_metrics(redis).total().of(families.RESERVATIONS)
    assert found == {("of a child",): 2, ("of the parent",): 2}
