"""Those of production, on a database that loses. LOSE says what, LOSE_LOG names the file that tells of it."""

from settings.production import *  # noqa: F403
from settings.production import DATABASES  # type: ignore[attr-defined]

DATABASES["default"]["ENGINE"] = "tests.faults.losing"
