"""Accounts as an app of Django's, so that its management commands are found."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
