"""Development: debug pages, static files from the source tree, mail to the terminal, and settings of one's own."""

from importlib import import_module
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from settings import *  # noqa: F403
from settings import INSTALLED_APPS, MIDDLEWARE, env

DEBUG = True
LOGGING = {}  # Django's default, which logs to the terminal
GRAPHIQL = env.bool("GRAPHIQL", default=True)
HEALTH_ADDRESSES = env.networks("HEALTH_ADDRESSES", default=["127.0.0.1", "::1"])
METRICS_ADDRESSES = env.networks("METRICS_ADDRESSES", default=["127.0.0.1", "::1"])
OPENAPI_PUBLIC = env.bool("OPENAPI_PUBLIC", default=True)
ALLOWED_HOSTS = ["*"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# Records each request, with its SQL, at /silk/. Bodies are stored in the database, passwords and tokens included.
if env.bool("SILK", default=False):
    if not find_spec("silk"):
        raise ImproperlyConfigured("SILK needs django-silk. Install it: script/bootstrap profiling")
    INSTALLED_APPS = [*INSTALLED_APPS, "silk"]
    MIDDLEWARE = ["silk.middleware.SilkyMiddleware", *MIDDLEWARE]
    COMPILED_QUERIES = False  # silk sees only what the ORM compiles
    SILKY_MAX_RECORDED_REQUESTS = 1000
    SILKY_IGNORE_PATHS = ["/health/ready/"]

# A developer's own settings, which git ignores. Not a plain import: linters and type checkers do not have the file.
if find_spec("settings.local"):
    globals().update({name: value for name, value in vars(import_module("settings.local")).items() if name.isupper()})
