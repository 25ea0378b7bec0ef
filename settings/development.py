"""For one's own machine: errors are shown, static files come from the source tree, mail goes to the terminal."""

from settings import *  # noqa: F403
from settings import env

DEBUG = True
LOGGING = {}  # Django's own: the terminal is the developer's, and shows all
GRAPHIQL = env.bool("GRAPHIQL", default=True)
METRICS_ADDRESSES = env.networks("METRICS_ADDRESSES", default=["127.0.0.1", "::1"])
OPENAPI_PUBLIC = env.bool("OPENAPI_PUBLIC", default=True)
ALLOWED_HOSTS = ["*"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
