from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from reservation.domain.provider import create_provider
from reservation.models import Provider
from staff.base import current_caller
from staff.people import PeopleAdmin, PersonForm
from staff.resources import ProviderResource


class ProviderForm(PersonForm):
    class Meta:
        model = Provider
        fields = ("name", "bio", "time_zone", "services")


@admin.register(Provider)
class ProviderAdmin(PeopleAdmin):
    resource_classes = (ProviderResource,)
    add_form = ProviderForm
    list_display = ("name", "address", "time_zone", "is_active")
    list_filter = ("is_active", "services")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    search_help_text = "A name or an address"
    autocomplete_fields = ("services",)
    fieldsets = (
        (None, {"fields": ("name", "address", "bio", ("time_zone", "is_active"), "services", "reservations")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "bio", "time_zone", "services")}),)
    readonly_fields = ("address", "reservations")

    def add(self, request: HttpRequest, fields: dict[str, Any]) -> Provider:
        return create_provider(caller=current_caller(request), now=timezone.now(), **fields)

    def get_export_queryset(self, request: HttpRequest) -> Any:
        return super().get_export_queryset(request).prefetch_related("services")
