from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from reservation.domain.errors import InvalidInput
from reservation.domain.service import check_service
from reservation.models import Service
from staff.base import CatalogueAdmin


class ServiceForm(forms.ModelForm):
    """Checks a service by the rules of the domain."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                check_service(self.instance, set())
            except InvalidInput as error:
                self.add_error(error.field, ValidationError(error.message))


@admin.register(Service)
class ServiceAdmin(CatalogueAdmin):
    form = ServiceForm
    list_display = ("shown_name", "duration_minutes", "is_active")
    list_filter = ("is_active",)
    search_fields = ("folded_name",)
    fieldsets = ((None, {"fields": ("name", "description", ("duration_minutes", "is_active"))}),)
