"""Development: debug pages, static files from the source tree, mail to the terminal."""

from importlib.util import find_spec

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

# Profiles each request, with its SQL, at /silk/. Bodies are stored in the database, passwords and tokens included.
if env.bool("SILK", default=False) and find_spec("silk"):
    INSTALLED_APPS = [*INSTALLED_APPS, "silk"]
    MIDDLEWARE = ["silk.middleware.SilkyMiddleware", *MIDDLEWARE]
    SILKY_MAX_RECORDED_REQUESTS = 1000
    SILKY_IGNORE_PATHS = ["/health/ready/"]
