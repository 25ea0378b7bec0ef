"""The Django app of accounts: its management commands, and its signal receivers."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import addresses, session_store, sessions  # noqa: F401  # connects their receivers
