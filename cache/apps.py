"""Connects cache invalidation to the changes that cause it, before the first request."""

from django.apps import AppConfig
from django.core.cache import close_caches
from django.core.signals import request_finished


class CacheConfig(AppConfig):
    name = "cache"

    def ready(self) -> None:
        from cache import invalidation  # imports the models, which are only loaded now

        invalidation.connect_receivers()
        # Connections to Memcached stay open: closing Django's caches after each request costs more than a read.
        request_finished.disconnect(close_caches)
