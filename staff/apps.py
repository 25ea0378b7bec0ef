"""Two apps of Django: the templates and static files of staff, and the admin site."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.auth.signals import user_logged_out


class StaffConfig(AppConfig):
    """Templates and static files of the staff's pages."""

    name = "staff"

    def ready(self) -> None:
        user_logged_out.connect(import_module("staff.previews").forget_previews)


class StaffAdminConfig(SimpleAdminConfig):
    """Django's admin with our site. Discovers nothing in other apps: allauth's pages would show TOTP secrets."""

    default_site = "staff.site.StaffSite"

    def ready(self) -> None:
        super().ready()
        import_module("staff.admin")
