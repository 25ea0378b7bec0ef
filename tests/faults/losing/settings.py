"""The settings of production on a database that fails on purpose. LOSE: how. LOSE_LOG: the file that it logs to."""

from settings.production import *  # noqa: F403
from settings.production import DATABASES  # type: ignore[attr-defined]

DATABASES["default"]["ENGINE"] = "tests.faults.losing"
