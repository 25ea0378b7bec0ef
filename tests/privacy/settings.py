"""Production, where a request may ask for a failure that nobody foresaw."""

from settings.production import *  # noqa: F403
from settings.production import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "tests.privacy.failing.FailingMiddleware"]
