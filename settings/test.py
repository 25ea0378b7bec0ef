"""For the test suite: quick password hashes, mail in memory, and a test database that other processes can open."""

import os
from dataclasses import replace

from settings import *  # noqa: F403
from settings import BASE_DIR, DATABASES, RESERVATION_POLICY, SOCIALACCOUNT_PROVIDERS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
GRAPHIQL = True
# Tests of rate limits and metrics switch on what they need.
RATE_LIMIT_PERSON = RATE_LIMIT_ANONYMOUS = LOG_IN_ATTEMPTS = TOKEN_REFRESHES_PER_HOUR = 0
RESERVATION_POLICY = replace(RESERVATION_POLICY, max_reservations_per_hour=0, max_reservations_per_hour_of_network=0)
METRICS = False

# The URL of a mock provider, which stands for Google in the tests of its log-in.
if google := os.environ.get("TEST_GOOGLE_SERVER", ""):
    GOOGLE_JWKS_URL = f"{google}/jwks"
    SOCIALACCOUNT_PROVIDERS["google"] |= {
        "AUTHORIZE_URL": f"{google}/authorize",
        "ACCESS_TOKEN_URL": f"{google}/token",
        "ID_TOKEN_ISSUER": google,
    }

# One database for each process, so that neither pytest-xdist's workers nor two runs in one tree share it.
OWN = f"test_{os.getpid()}"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    (BASE_DIR / "var").mkdir(exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / f"{OWN}.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": OWN}
if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    # MySQL and MariaDB both have it; `migrate` replaces it by the one that does not ignore trailing spaces either.
    DATABASES["default"]["TEST"] |= {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_bin"}
