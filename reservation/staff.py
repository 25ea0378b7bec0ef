"""The admin as an app of Django's. It stands apart from `reservation.admin`, which cannot be imported before models."""

from importlib import import_module

from django.contrib.admin.apps import SimpleAdminConfig


class StaffConfig(SimpleAdminConfig):
    """Looks for nothing in other apps: theirs would show secrets of second factors, for one."""

    default_site = "reservation.admin.site.StaffSite"

    def ready(self) -> None:
        super().ready()
        import_module("reservation.admin")
