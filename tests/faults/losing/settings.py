"""The settings of production on a database that fails on purpose. LOSE_HOME: where the files are that say how."""

from settings.production import *  # noqa: F403
from settings.production import DATABASES  # type: ignore[attr-defined]

DATABASES["default"]["ENGINE"] = "tests.faults.losing"
