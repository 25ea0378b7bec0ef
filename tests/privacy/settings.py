"""The settings of production, with a middleware that makes requests fail unexpectedly."""

from settings.production import *  # noqa: F403
from settings.production import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "tests.privacy.failing.FailingMiddleware"]
