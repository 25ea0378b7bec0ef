"""The settings of the tests, with requests counted."""

from settings.test import *  # noqa: F403
from settings.test import env

METRICS = True
METRICS_ADDRESSES = env.networks("METRICS_ADDRESSES", default=["127.0.0.1"])
