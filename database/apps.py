"""Installs receivers of database connections and lookups, before the first connection is made."""

from django.apps import AppConfig

from database import after_commit, collations, connection_health, mysql_datetime


class DatabaseConfig(AppConfig):
    name = "database"

    def ready(self) -> None:
        after_commit.connect_receivers()
        collations.register_lookups()
        mysql_datetime.connect_receivers()
        connection_health.connect_receivers()
