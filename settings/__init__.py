"""Settings of every environment; `development`, `production` and `test` import and override them.

Every environment variable is documented in `.env.sample`.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from accounts.tokens.jwks import check_url
from accounts.tokens.keys import load_keys
from cache.client import cache_at
from reservation.policy import Policy
from reservation.time_zones import is_time_zone
from settings.environment import Environment
from settings.theme import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.read_env(BASE_DIR / ".env")

VERSION = (BASE_DIR / "VERSION").read_text().strip()

# --- Secrets and hosts ---------------------------------------------------------------------------------------------

DEVELOPMENT_SECRET_KEY = "development-only-secret-key-that-production-refuses"
SECRET_KEY = env.str("SECRET_KEY", default="") or DEVELOPMENT_SECRET_KEY
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DEBUG = False

# --- Application ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "reservation",
    "staff.apps.StaffConfig",  # before the apps whose admin templates it overrides
    "accounts",
    "cache",
    "database",
    "api",
    "ops",
    "web",
    "graphene_django",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "corsheaders",
    "unfold.apps.BasicAppConfig",  # the admin's theme, before the apps whose templates it overrides
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "import_export",
    "staff.apps.StaffAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "ops.middleware.ObservationMiddleware",
    "ops.fast_path.FastPathMiddleware",  # an operation without a cookie skips what follows
    "web.content_security_policy.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ReadableJsonMiddleware",
    "accounts.addresses.StoredEmailMiddleware",
    "accounts.middleware.CodeAttemptsMiddleware",
    "accounts.middleware.TooManyHashesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# What an operation without a cookie goes through instead: those of the above that change its response, in their order.
API_MIDDLEWARE = [
    "web.content_security_policy.ContentSecurityPolicyMiddleware",  # an invalid host gets an HTML page
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "reservation.urls"
WSGI_APPLICATION = "reservation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
TEST_RUNNER = "tests.runner.PytestRunner"

# --- Business rules ------------------------------------------------------------------------------------------------

RETENTION_DAYS = env.int("RETENTION_DAYS", default=0)
RESERVATION_POLICY = Policy(
    appointment_length=timedelta(minutes=env.int("APPOINTMENT_MINUTES", default=15)),
    hold=timedelta(minutes=env.int("HOLD_MINUTES", default=30)),
    lead_time=timedelta(hours=env.int("LEAD_TIME_HOURS", default=24)),
    max_live_holds=env.int("MAX_LIVE_HOLDS", default=5),
    max_reservations_per_hour=env.int("RESERVATIONS_PER_HOUR", default=30),
    max_reservations_per_hour_of_network=env.int("RESERVATIONS_PER_HOUR_OF_NETWORK", default=60),
    max_interval=timedelta(days=env.int("MAX_INTERVAL_DAYS", default=62)),
    offer_horizon=timedelta(days=env.int("OFFER_HORIZON_DAYS", default=1826)),
    cancellation_notice=timedelta(hours=env.int("CANCELLATION_NOTICE_HOURS", default=0)),
    retention=timedelta(days=RETENTION_DAYS) if RETENTION_DAYS else None,
    key_life=timedelta(days=env.int("IDEMPOTENCY_KEY_DAYS", default=30)),
)

# --- Database ------------------------------------------------------------------------------------------------------

DATABASE_OPTIONS: dict[str, dict[str, Any]] = {
    # Takes the write lock at BEGIN: a transaction that reads before it writes fails at once (SQLITE_BUSY) if another
    # one writes, however long the timeout.
    "django.db.backends.sqlite3": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,  # seconds to wait for another writer, as on MySQL
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
    "django.db.backends.mysql": {
        "charset": "utf8mb4",
        "connect_timeout": 3,  # seconds; a request has 15, and may have waited for a broken connection before
        "isolation_level": "read committed",
        "init_command": "SET sql_mode='STRICT_TRANS_TABLES', innodb_lock_wait_timeout=5",
    },
    "django.db.backends.postgresql": {
        "connect_timeout": 5,
        "options": r"-c default_transaction_isolation=read\ committed -c lock_timeout=5s",
    },
}
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
database: dict[str, Any] = env.db_url_config(DATABASE_URL)
if not database.get("ENGINE", "").startswith("django.db.backends."):
    raise ImproperlyConfigured("DATABASE_URL is mysql://user:password@host:port/name, postgres://… or sqlite:////path.")
DATABASES = {
    "default": {
        **database,
        "OPTIONS": DATABASE_OPTIONS.get(database["ENGINE"], {}) | database.get("OPTIONS", {}),
        "CONN_MAX_AGE": None,  # persistent: one connection for each worker thread
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W036"]  # MySQL has no conditional unique constraints; allauth checks in code as well

# --- Memcached and Redis -------------------------------------------------------------------------------------------

PROCESSES = int(env.str("WEB_CONCURRENCY", default="") or 1 + (os.cpu_count() or 1))
REDIS_URL = env.str("REDIS_URL", default="")
MEMCACHED_URL = env.str("MEMCACHED_URL", default="")
CACHES = {
    # What must hold while Memcached is away: allauth's rate limits and used codes. In Redis, or in each process.
    "default": {"BACKEND": "ops.shared_cache.SharedCache", "LOCATION": REDIS_URL},
    "documents": cache_at(MEMCACHED_URL, name="documents"),
    # Data of the database. Unused without Memcached, since an invalidation would not reach other processes.
    "catalogue": cache_at(MEMCACHED_URL, name="catalogue"),
    "answers": cache_at(MEMCACHED_URL, name="answers"),
    "generations": cache_at(MEMCACHED_URL, name="generations"),
}

# --- Authentication ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "reservation.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_ENGINE = "accounts.session_store"
SESSION_MAX_DAYS = env.int("SESSION_MAX_DAYS", default=30)
if SESSION_MAX_DAYS < 1:
    raise ImproperlyConfigured("SESSION_MAX_DAYS is at least 1.")
PASSWORD_HASHERS = ["accounts.hashers.Argon2Hasher", "accounts.hashers.PBKDF2Hasher"]
PASSWORD_HASHES = env.int("PASSWORD_HASHES", default=2)
if PASSWORD_HASHES < 1:
    raise ImproperlyConfigured("PASSWORD_HASHES is at least 1.")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="optional")
if ACCOUNT_EMAIL_VERIFICATION not in ("mandatory", "optional", "none"):
    raise ImproperlyConfigured("EMAIL_VERIFICATION is mandatory, optional or none.")
ACCOUNT_CHANGE_EMAIL = True  # an account has one address; verifying another one replaces it
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # changing credentials takes the password, not just a token
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True  # in this session too: it gets a new key, and its tokens have the old one
ACCOUNT_EMAIL_NOTIFICATIONS = True  # mail at every change of a password or a second factor
ACCOUNT_RATE_LIMITS = {
    "reset_password": "20/m/ip,3/h/key",  # key: the address that the mail goes to
    "confirm_email": "1/3m/key,3/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "accounts.second_factor_adapter.SecondFactorAdapter"
MFA_ENCRYPTION_KEYS = env.list("MFA_ENCRYPTION_KEYS", default=[])
MFA_TOTP_ISSUER = "Appointments"
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=False)
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", default="")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", default="")
GOOGLE_JWKS_URL = "https://www.googleapis.com/oauth2/v3/certs"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {}
if GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.google"]
    SOCIALACCOUNT_ADAPTER = "accounts.social_adapter.SocialAccountAdapter"
    SOCIALACCOUNT_PROVIDERS["google"] = {
        "APPS": [{"client_id": GOOGLE_CLIENT_ID, "secret": GOOGLE_CLIENT_SECRET}],
        "OAUTH_PKCE_ENABLED": True,
    }
HEADLESS_SERVE_SPECIFICATION = True
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None  # web.openapi has a page for all that is HTTP
OPENAPI_PUBLIC = env.bool("OPENAPI_PUBLIC", default=False)
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.strategy.TokenStrategy"
REFRESH_TOKEN_GRACE_SECONDS = env.int("REFRESH_TOKEN_GRACE_SECONDS", default=20)
TOKEN_REFRESHES_PER_HOUR = env.int("TOKEN_REFRESHES_PER_HOUR", default=120)
JWT_PRIVATE_KEYS = env.str("JWT_PRIVATE_KEYS", default="", multiline=True)
JWT_ISSUER = env.str("JWT_ISSUER", default="appointments")
JWT_AUDIENCE = env.str("JWT_AUDIENCE", default="appointments")
load_keys(JWT_PRIVATE_KEYS, ())  # fails at start, not at the first token
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_AUDIENCE = env.str("OIDC_AUDIENCE", default="")
OIDC_JWKS_URL = env.str("OIDC_JWKS_URL", default="")
if OIDC_ISSUER or OIDC_AUDIENCE or OIDC_JWKS_URL:
    if not (OIDC_ISSUER and OIDC_AUDIENCE and OIDC_JWKS_URL):
        raise ImproperlyConfigured("OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL are set together.")
    check_url(OIDC_JWKS_URL, loopback=True)
FRONTEND_URL = env.str("FRONTEND_URL", default="http://localhost:8000").rstrip("/")
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": FRONTEND_URL + "/verify-email/{key}",
    "account_reset_password": FRONTEND_URL + "/reset-password",
    "account_reset_password_from_key": FRONTEND_URL + "/reset-password/{key}",
    "account_signup": FRONTEND_URL + "/sign-up",
}
email: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = email["EMAIL_BACKEND"]
vars().update(email)  # EMAIL_HOST and so on
if EMAIL_BACKEND.endswith("filebased.EmailBackend") and not os.path.isabs(email["EMAIL_FILE_PATH"]):
    raise ImproperlyConfigured("EMAIL_URL names a directory by its absolute path: filemail:////var/mail.")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="appointments@localhost")

# --- Admin ---------------------------------------------------------------------------------------------------------

DEFAULT_ADMIN_PATH = "admin/"
ADMIN_PATH = env.str("ADMIN_PATH", default=DEFAULT_ADMIN_PATH).strip("/") + "/"
if ADMIN_PATH.partition("/")[0] in ("", "auth", "graphql", "health", "metrics", "openapi", "static"):
    raise ImproperlyConfigured("ADMIN_PATH is a path of its own, such as admin/.")
ADMIN_IS_LINKED = True
STAFF_TIME_ZONE = env.str("STAFF_TIME_ZONE", default="UTC")
if not is_time_zone(STAFF_TIME_ZONE):
    raise ImproperlyConfigured("STAFF_TIME_ZONE is the name of an IANA time zone, such as Europe/Paris.")
IMPORT_EXPORT_SKIP_ADMIN_LOG = False
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_TMP_STORAGE_CLASS = "staff.previews.PreviewStorage"
LOGIN_REDIRECT_URL = f"/{ADMIN_PATH}"

# --- Health and metrics ---------------------------------------------------------------------------------------------

SHOW_VERSION = env.bool("SHOW_VERSION", default=True)
HEALTH_ADDRESSES = env.networks("HEALTH_ADDRESSES", default=[])
METRICS = env.bool("METRICS", default=True)
METRICS_ADDRESSES = env.networks("METRICS_ADDRESSES", default=[])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Language, time and static files -------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]  # script/messages collects the texts of reservation/ here, too
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # of the home page and the booking page
FORMAT_MODULE_PATH = "settings.formats"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles"

# --- Logs ----------------------------------------------------------------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured("LOG_FORMAT is text or json.")
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING")
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured("LOG_LEVEL is DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "ops.logs.RequestIdFilter"}},
    "formatters": {"text": {"()": "ops.logs.TextFormatter"}, "json": {"()": "ops.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": "NOTSET"},  # replaces handlers that mail whole requests to ADMINS
        "django.request": {"level": "ERROR"},  # no 404s: paths may contain personal data
        "import_export": {"level": "CRITICAL"},  # its errors quote the values of a row, and staff sees them on the page
        "django.security.csrf": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # a client sends any host name
    },
}

# --- HTTP and GraphQL ----------------------------------------------------------------------------------------------

APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("REQUEST_MAX_BYTES", default=128 * 1024)
RESPONSE_MAX_BYTES = env.int("RESPONSE_MAX_BYTES", default=4 * 2**20)
REQUEST_MAX_NESTING = env.int("REQUEST_MAX_NESTING", default=32)
REQUEST_MAX_CONTAINERS = env.int("REQUEST_MAX_CONTAINERS", default=2000)
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/(graphql|auth)/?"
CORS_ALLOW_HEADERS = [
    *default_headers,
    "graphql-cost",
    "idempotency-key",
    "x-session-token",  # these three are allauth's
    "x-email-verification-key",
    "x-password-reset-key",
    *env.list("CORS_ALLOWED_HEADERS", default=[]),
]
CORS_EXPOSE_HEADERS = [
    "Date",  # the server's clock, which counts for holds
    "ETag",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
    "X-Version",
    *env.list("CORS_EXPOSED_HEADERS", default=[]),
]

GRAPHQL_HTTP_STATUS_PROFILE = env.str("GRAPHQL_HTTP_STATUS_PROFILE", default="audit")
if GRAPHQL_HTTP_STATUS_PROFILE not in ("audit", "draft"):
    raise ImproperlyConfigured("GRAPHQL_HTTP_STATUS_PROFILE is audit or draft.")
GRAPHQL_EXECUTOR = env.str("GRAPHQL_EXECUTOR", default="columnar")
if GRAPHQL_EXECUTOR not in ("columnar", "standard"):
    raise ImproperlyConfigured("GRAPHQL_EXECUTOR is columnar or standard.")
COMPILED_QUERIES = env.bool("COMPILED_QUERIES", default=True)
GRAPHIQL = env.bool("GRAPHIQL", default=False)
GRAPHQL_INTROSPECTION = env.bool("GRAPHQL_INTROSPECTION", default=True)
GRAPHQL_SUGGESTIONS = env.bool("GRAPHQL_SUGGESTIONS", default=True)
GRAPHQL_PERSISTED_QUERIES = env.bool("GRAPHQL_PERSISTED_QUERIES", default=True)
GRAPHQL_TRUSTED_DOCUMENTS = env.str("GRAPHQL_TRUSTED_DOCUMENTS", default="")
GRAPHQL_PUBLIC_SECONDS = env.int("GRAPHQL_PUBLIC_SECONDS", default=1)
GRAPHQL_RESPONSE_CACHE_SECONDS = env.renamed_float(
    "GRAPHQL_RESPONSE_CACHE_SECONDS", former_name="GRAPHQL_KEPT_SECONDS", default=5.0, maximum=10.0
)
GRAPHQL_DOCUMENT_CACHE_BYTES = env.int("GRAPHQL_DOCUMENT_CACHE_BYTES", default=32 * 2**20)
GRAPHQL_MAX_CHARACTERS = env.int("GRAPHQL_MAX_CHARACTERS", default=15_000)
GRAPHQL_MAX_TOKENS = env.int("GRAPHQL_MAX_TOKENS", default=1000)
GRAPHQL_MAX_DEPTH = env.int("GRAPHQL_MAX_DEPTH", default=10)
GRAPHQL_MAX_INTROSPECTION_DEPTH = env.int("GRAPHQL_MAX_INTROSPECTION_DEPTH", default=15)
GRAPHQL_MAX_SELECTIONS = env.int("GRAPHQL_MAX_SELECTIONS", default=2000)
GRAPHQL_MAX_REPEATS = env.int("GRAPHQL_MAX_REPEATS", default=20)
GRAPHQL_MAX_ALIASES = env.int("GRAPHQL_MAX_ALIASES", default=30)
GRAPHQL_MAX_DIRECTIVES = env.int("GRAPHQL_MAX_DIRECTIVES", default=10)
GRAPHQL_MAX_MUTATIONS = env.int("GRAPHQL_MAX_MUTATIONS", default=3)
GRAPHQL_MAX_LIST = env.int("GRAPHQL_MAX_LIST", default=100)
GRAPHQL_MAX_COST = env.int("GRAPHQL_MAX_COST", default=5000)
GRAPHQL_MAX_NODES = env.int("GRAPHQL_MAX_NODES", default=10_000)
GRAPHQL_MAX_VALUES = env.int("GRAPHQL_MAX_VALUES", default=20_000)
GRAPHQL_MAX_BYTES = env.int("GRAPHQL_MAX_BYTES", default=32 * 2**20)
RATE_LIMIT_PERSON = env.int("RATE_LIMIT_PERSON", default=100)
RATE_LIMIT_PERSON_BURST = env.int("RATE_LIMIT_PERSON_BURST", default=1000)
RATE_LIMIT_ANONYMOUS = env.int("RATE_LIMIT_ANONYMOUS", default=50)
RATE_LIMIT_ANONYMOUS_BURST = env.int("RATE_LIMIT_ANONYMOUS_BURST", default=1000)
LOG_IN_ATTEMPTS = env.int("LOG_IN_ATTEMPTS", default=10)
GRAPHQL_DEADLINE_SECONDS = env.float("GRAPHQL_DEADLINE_SECONDS", default=10.0)
