from django.contrib import admin

from reservation.admin.base import CatalogueAdmin
from reservation.models import Client


@admin.register(Client)
class ClientAdmin(CatalogueAdmin):
    list_display = ("name", "user", "phone", "time_zone")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    autocomplete_fields = ("user",)
