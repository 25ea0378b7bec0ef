"""Base classes of the admin pages."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.views import ChangeList as UnfoldChangeList

from reservation.domain.caller import Caller, find_caller
from staff.dates import hierarchy
from staff.instants import instant_column
from staff.merging import kept_changes, merging, save_changed_fields
from staff.paginator import BoundedPaginator


class BoundedAdmin(ModelAdmin):
    """A list whose cost does not grow with the table, since it counts a bounded number of rows."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 25
    list_disable_select_all = True  # an action is for rows that the user has seen
    list_fullwidth = True

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Returns the row; locked while a form is saved, so that nobody changes what the form is compared with."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        return self.get_queryset(request).select_for_update().filter(pk=found.pk).first()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if change:
            kwargs["form"] = merging(kwargs.get("form", self.form))
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves; of a changed row only what the user has changed, and says what somebody else has changed meanwhile."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        save_changed_fields(obj, form)
        if kept := kept_changes(form):
            self.message_user(request, kept, messages.WARNING)


class CatalogueAdmin(BoundedAdmin):
    """Rows that staff adds and changes by hand; they are deactivated rather than deleted."""

    exclude = ("created_at",)
    ordering = ("folded_name", "id")
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LeanChangeList(UnfoldChangeList):
    """Reads a page by the index of the list, and related rows by statements of their own.

    In one statement the optimiser would begin with the smallest table, and sort all rows.
    """

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        return qs.prefetch_related(*self.list_select_related) if self.list_select_related else qs


class ReadOnlyAdmin(BoundedAdmin):
    """Rows with a start, which only commands write."""

    list_before_template = "admin/hierarchy.html"
    sortable_by = ("starts",)

    starts = instant_column("starts_at", description="starts")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LeanChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"hierarchy": hierarchy(request), **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def current_caller(request: HttpRequest) -> Caller:
    """Returns the member of staff who sent the request, as a caller of the domain."""
    assert request.user.pk is not None  # staff has logged in
    caller = find_caller(request.user.pk)
    assert caller is not None
    return caller
