"""Test suite: fast password hashes, mail in memory, and a test database that other processes can open."""

from settings import *  # noqa: F403
from settings import BASE_DIR, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
GRAPHIQL = True
RATE_LIMIT_PERSON = RATE_LIMIT_ANONYMOUS = RESERVATIONS_PER_HOUR = LOG_IN_ATTEMPTS = 0  # off, except in their own tests
METRICS = False  # off, except in their own tests

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    (BASE_DIR / "var").mkdir(exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / "test.sqlite3")}
