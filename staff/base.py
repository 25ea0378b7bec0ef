"""Base classes of the admin pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.db import DataError, NotSupportedError, ProgrammingError, connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.views import ChangeList as UnfoldChangeList

from reservation.domain.caller import Caller, find_caller
from staff.dates import hierarchy
from staff.ids import parse_id
from staff.instants import instant_column
from staff.merging import kept_changes, merging, save_changed_fields
from staff.paginator import BoundedPaginator
from staff.request_user import staff_id

INVALID_LOOKUPS = (OverflowError, ValueError, TypeError, IndexError, DataError, NotSupportedError, ProgrammingError)
"""What drivers and lookups raise for a value of a filter that no column can have: SQLite for a large number, e.g."""

COSTLY_LOOKUPS = ("regex", "iregex", "range")
"""No filter has these. A regular expression may take for ever; each database has other rules of what is one."""


def isolated(text: str) -> SafeString:
    """Returns HTML of a text that does not change the direction of what stands beside it."""
    return format_html("<bdi>{}</bdi>", text)


class BoundedAdmin(ModelAdmin):
    """A list whose cost does not grow with the table, since it counts a bounded number of rows."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 25
    list_disable_select_all = True  # an action is for rows that the user has seen
    list_fullwidth = True

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup.rpartition("__")[2] not in COSTLY_LOOKUPS and super().lookup_allowed(lookup, value, request)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Returns the list. Raises IncorrectLookupParameters for invalid filters, with a message: all rows follow."""
        with invalid_lookups(request):
            return super().get_changelist_instance(request)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *arguments: Any, **more: Any
    ) -> HttpResponse | None:
        """Performs the action; on no row if one of the ids is none."""
        if None in map(parse_id, request.POST.getlist(ACTION_CHECKBOX_NAME)):
            self.message_user(request, "One of these rows does not exist. Nothing was done.", messages.ERROR)
            return redirect(request.get_full_path())
        response: HttpResponse | None = super().response_action(request, queryset, *arguments, **more)
        return response

    def changeform_view(self, request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        """Returns the form, or saves it. Raises BadRequest for related rows that are no ids: no page has sent those."""
        for field in (*self.opts.many_to_many, *self.opts.fields):
            sent = [*request.POST.getlist(field.name), *request.POST.getlist(f"initial-{field.name}")]
            if field.is_relation and any(text and parse_id(text) is None for text in sent):
                raise BadRequest(f"{field.name} has no ids.")
        response: HttpResponse = super().changeform_view(request, *arguments, **more)
        return response

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


@contextmanager
def invalid_lookups(request: HttpRequest) -> Iterator[None]:
    """Turns errors that the parameters of the address have caused into IncorrectLookupParameters, with a message."""
    try:
        yield
    except (IncorrectLookupParameters, *INVALID_LOOKUPS) as error:
        if not request.GET:
            raise
        messages.error(request, "The address had a filter that is not valid: this is the whole list.")
        raise IncorrectLookupParameters(error) from error


class CatalogueAdmin(BoundedAdmin):
    """Rows that staff adds and changes by hand; they are deactivated rather than deleted."""

    exclude = ("created_at",)
    ordering = ("folded_name", "id")
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    @display(description="name", ordering="folded_name")
    def shown_name(self, row: Any) -> str:
        return isolated(row.name)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LeanChangeList(UnfoldChangeList):
    """Reads a page by the index of the list, and related rows by statements of their own.

    In one statement the optimiser would begin with the smallest table, and sort all rows.
    """

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        related = self.list_select_related
        return qs if isinstance(related, bool) else qs.prefetch_related(*related)


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
    caller = find_caller(staff_id(request))
    assert caller is not None
    return caller
