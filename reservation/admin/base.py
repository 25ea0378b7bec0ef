"""What the admin pages have in common."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from reservation.domain.caller import Caller, find_caller


class CatalogueAdmin(admin.ModelAdmin):
    """Rows that staff adds and changes by hand; they are switched off rather than deleted."""

    exclude = ("created_at",)
    ordering = ("name", "id")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that commands alone write."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def asker(request: HttpRequest) -> Caller:
    """The member of staff who has this page open."""
    assert request.user.pk is not None  # staff has logged in
    caller = find_caller(request.user.pk)
    assert caller is not None
    return caller
