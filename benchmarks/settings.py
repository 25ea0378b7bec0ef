"""The common settings without rate limits, and the peers' views beside the application."""

from dataclasses import replace

from settings import *  # noqa: F403
from settings import RESERVATION_POLICY

DEBUG = False
SECRET_KEY = "signs tokens of a server that runs for minutes, on loopback only"
ALLOWED_HOSTS = ["127.0.0.1"]
RATE_LIMIT_PERSON = RATE_LIMIT_ANONYMOUS = RATE_LIMIT_PERSON_BURST = RATE_LIMIT_ANONYMOUS_BURST = 10**9  # counted
RESERVATION_POLICY = replace(
    RESERVATION_POLICY, max_reservations_per_hour=10**9, max_reservations_per_hour_of_network=10**9
)
ROOT_URLCONF = "benchmarks.urls"
LOGGING = {  # an error invalidates the measurement: show it
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
