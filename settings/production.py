"""Production: refuses to start with a development default, and serves HTTPS only."""

from django.core.exceptions import ImproperlyConfigured

from accounts.tokens.jwks import check_url
from settings import *  # noqa: F403
from settings import (
    DEVELOPMENT_SECRET_KEY,
    EMAIL_BACKEND,
    LOGGING,
    METRICS_TOKEN,
    MFA_ENCRYPTION_KEYS,
    OIDC_JWKS_URL,
    SECRET_KEY,
    SECRET_KEY_FALLBACKS,
    env,
)

if SECRET_KEY == DEVELOPMENT_SECRET_KEY or len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Set SECRET_KEY to a random text of at least 50 characters.")
if any(key == DEVELOPMENT_SECRET_KEY or len(key) < 50 for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured("SECRET_KEY_FALLBACKS are former secret keys, each of at least 50 characters.")
if any(len(key) < 50 for key in MFA_ENCRYPTION_KEYS):
    raise ImproperlyConfigured("MFA_ENCRYPTION_KEYS are random texts, each of at least 50 characters.")
if EMAIL_BACKEND.endswith("console.EmailBackend"):
    raise ImproperlyConfigured("Set EMAIL_URL: its default writes mails, with the keys in them, to the log.")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("Set METRICS_TOKEN to a random text of at least 32 characters, or to none.")
if env.bool("SILK", default=False):
    raise ImproperlyConfigured("Unset SILK: it stores passwords and tokens, and is for development only.")
if OIDC_JWKS_URL:
    check_url(OIDC_JWKS_URL, loopback=False)

LOGGING["handlers"]["console"]["formatter"] = env.str("LOG_FORMAT", default="json")

GRAPHQL_INTROSPECTION = env.bool("GRAPHQL_INTROSPECTION", default=False)
GRAPHQL_SUGGESTIONS = env.bool("GRAPHQL_SUGGESTIONS", default=False)

ADMIN_IS_LINKED = False  # pages for the public do not link to it
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=True)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics/?$"]  # probes and scrapers use plain HTTP
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"  # __Host-: other hosts of the domain cannot set it
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "web.storage.StaticFilesStorage"},
}
