"""Time zones are those of the package that Pipfile.lock pins, whatever the machine has."""

import json
import subprocess
import sys
import tomllib
import zoneinfo
from datetime import UTC, datetime
from importlib import import_module, metadata, resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from reservation.models import Client, Provider
from reservation.time_zones import is_time_zone, time_zone_names, zone_named
from tests.environment import bare_environment
from tests.factories import make_client, make_provider

BASE: Path = settings.BASE_DIR

# 9 o'clock in each zone, in UTC. Releases of 2025, which machines still have, are an hour off.
NINE = {
    ("America/Vancouver", "2026-12-01"): "2026-12-01T16:00",
    ("Africa/Casablanca", "2027-01-04"): "2027-01-04T09:00",
    ("America/Edmonton", "2027-01-04"): "2027-01-04T15:00",
    ("America/Havana", "2026-12-01"): "2026-12-01T13:00",
    ("Europe/Berlin", "2027-03-29"): "2027-03-29T07:00",
}

READ_ZONES = """
import json, sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
found = [
    datetime.fromisoformat(day + "T09:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    for zone, day in json.loads({zones!r})
]
"""

PROCESSES = {
    "manage.py": ["manage.py", "shell", "--no-imports", "--command", "{read}; print(json.dumps(found))"],
    "wsgi": ["-c", "import reservation.wsgi; {read}; print(json.dumps(found))"],
    "settings": ["-c", "import django; django.setup(); {read}; print(json.dumps(found))"],
}


def test_the_zones_are_those_of_the_locked_package() -> None:
    locked = json.loads((BASE / "Pipfile.lock").read_text())["default"]["tzdata"]["version"]
    assert f"=={metadata.version('tzdata')}" == locked
    assert zoneinfo.TZPATH == ()
    assert "tzdata" in tomllib.loads((BASE / "Pipfile").read_text())["packages"]
    assert set(resources.files("tzdata").joinpath("zones").read_text().split()) == {*time_zone_names(), "Factory"}


@pytest.mark.parametrize(("zone", "day"), NINE)
def test_a_wall_clock_becomes_the_instant_of_todays_law(zone: str, day: str) -> None:
    nine = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZoneInfo(zone))
    assert nine.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") == NINE[zone, day]


@pytest.fixture
def misleading(tmp_path: Path) -> Path:
    """A machine's directory of time zones in which every place has the clock of Tokyo."""
    tokyo = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    for zone, _ in NINE:
        path = tmp_path / zone
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(tokyo)
    return tmp_path


@pytest.mark.parametrize("process", PROCESSES)
def test_a_machines_misleading_zones_are_not_read(process: str, misleading: Path) -> None:
    read = "exec(" + repr(READ_ZONES.format(zones=json.dumps(list(NINE)))) + ")"
    run = subprocess.run(
        [sys.executable, *(part.replace("{read}", read) for part in PROCESSES[process])],
        cwd=BASE,
        env={
            **bare_environment(),
            "DJANGO_SETTINGS_MODULE": "settings.test",
            "DATABASE_URL": "sqlite://:memory:",
            "PYTHONTZPATH": str(misleading),
        },
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == list(NINE.values())


def test_the_misleading_zones_would_mislead(misleading: Path) -> None:
    """The control of the test above: Python itself reads them."""
    run = subprocess.run(
        [sys.executable, "-c", READ_ZONES.format(zones=json.dumps(list(NINE))) + "print(json.dumps(found))"],
        env={**bare_environment(), "PYTHONTZPATH": str(misleading)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(run.stdout)) == {f"{day}T00:00" for _, day in NINE}


def test_a_time_zone_has_a_name_that_browsers_know() -> None:
    for name in ("UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "US/Pacific", "Asia/Calcutta", "Etc/GMT+5"):
        assert is_time_zone(name)
    for name in ("localtime", "Factory", "posixrules", "posix/UTC", "right/UTC", "utc", "", "../UTC"):
        assert not is_time_zone(name)
        assert zone_named(name).key == "UTC"
    assert zone_named("US/Pacific").key == "US/Pacific"


@pytest.mark.django_db
def test_stored_names_that_browsers_do_not_know_become_utc(capsys: Any) -> None:
    lost, known = make_provider(time_zone="localtime"), make_provider(time_zone="US/Pacific")
    client = make_client()
    Client.objects.filter(pk=client.pk).update(time_zone="Factory")
    migration = import_module("reservation.migrations.0005_known_time_zones")
    migration.replace_unknown_time_zones(apps, SimpleNamespace(connection=connection))
    assert dict(Provider.objects.values_list("pk", "time_zone")) == {lost.pk: "UTC", known.pk: "US/Pacific"}
    assert Client.objects.get().time_zone == "UTC"
    printed = capsys.readouterr().out
    assert f"Provider {lost.pk}: the time zone localtime" in printed
    assert f"Client {client.pk}: the time zone Factory" in printed
