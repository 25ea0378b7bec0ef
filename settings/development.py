"""For one's own machine: errors are shown, static files come from the source tree, mail goes to the terminal."""

from settings import *  # noqa: F403
from settings import env

DEBUG = True
LOGGING = {}  # Django's own: the terminal is the developer's, and shows all
GRAPHIQL = env.bool("GRAPHIQL", default=True)
OPENAPI_PUBLIC = env.bool("OPENAPI_PUBLIC", default=True)
ALLOWED_HOSTS = ["*"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
