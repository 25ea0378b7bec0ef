"""Installs the receivers of new database connections, before the first connection is made."""

from django.apps import AppConfig

from database import connection_health, mysql_datetime


class DatabaseConfig(AppConfig):
    name = "database"

    def ready(self) -> None:
        mysql_datetime.connect_receivers()
        connection_health.connect_receivers()
