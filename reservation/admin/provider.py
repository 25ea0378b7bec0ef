from django.contrib import admin

from reservation.admin.base import CatalogueAdmin
from reservation.models import Provider


@admin.register(Provider)
class ProviderAdmin(CatalogueAdmin):
    list_display = ("name", "user", "time_zone", "is_active")
    list_filter = ("is_active", "services")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    autocomplete_fields = ("user", "services")
