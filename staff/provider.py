from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from reservation.domain.provider import create_provider
from reservation.models import Provider
from staff.fields import editable_fields
from staff.people import NewPersonForm, PeopleAdmin
from staff.resources import ProviderResource


class NewProviderForm(NewPersonForm):
    class Meta:
        model = Provider
        fields = editable_fields(Provider, without=("is_active",))


@admin.register(Provider)
class ProviderAdmin(PeopleAdmin):
    resource_classes = (ProviderResource,)
    add_form = NewProviderForm
    create_command = create_provider
    list_display = ("shown_name", "address", "time_zone", "is_active")
    list_filter = ("is_active", "services")
    search_fields = ("folded_name", "user__email")
    search_help_text = "A name or an address"
    autocomplete_fields = ("services",)
    lines = (("time_zone", "is_active"),)

    def get_export_queryset(self, request: HttpRequest) -> Any:
        return super().get_export_queryset(request).prefetch_related("services")
