"""Installs receivers of database connections and lookups, before the first connection is made."""

from django.apps import AppConfig

from database import collations, connection_health, mysql_datetime


class DatabaseConfig(AppConfig):
    name = "database"

    def ready(self) -> None:
        collations.register_lookups()
        mysql_datetime.connect_receivers()
        connection_health.connect_receivers()
