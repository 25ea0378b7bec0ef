"""The common part of the pages of clients and of providers: their accounts, exports and imports."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import Format
from unfold.contrib.import_export.forms import ExportForm
from unfold.widgets import UnfoldAdminEmailInputWidget

from reservation.domain.account import is_taken, new_account
from reservation.domain.command import Command
from reservation.domain.errors import EmailTaken, InvalidInput
from reservation.domain.transaction import lost_race
from reservation.models import User
from staff.base import CatalogueAdmin, current_caller, invalid_lookups
from staff.fields import editable_fields, in_lines
from staff.formats import EXPORTS, AnyTable
from staff.imports import is_unexplained
from staff.previews import PeopleConfirmForm, PeopleImportForm, UploadedText, store_preview
from staff.request_user import staff_id


class NewPersonForm(forms.ModelForm):
    """The form to add a client or a provider with an account, whose password is set by a reset."""

    email = forms.CharField(
        widget=UnfoldAdminEmailInputWidget,
        help_text="The address of a new account, whose password is set by a reset.",
        max_length=User.email.field.max_length,
    )

    def clean_email(self) -> str:
        try:
            user = new_account(self.cleaned_data["email"])
        except InvalidInput as refusal:
            raise ValidationError(refusal.message) from refusal
        if is_taken(user):
            raise ValidationError(EmailTaken().message)
        return str(self.cleaned_data["email"])


class PeopleAdmin(  # pyright: ignore[reportIncompatibleVariableOverride]  # import_export says that `model` is a row
    ImportExportMixin, CatalogueAdmin
):
    """A list with export and import. An import is previewed first, and then written as a whole or not at all."""

    import_form_class = PeopleImportForm
    confirm_form_class = PeopleConfirmForm
    export_form_class = ExportForm
    to_encoding = "utf-8-sig"  # without the BOM, spreadsheets assume another encoding

    @property
    def import_formats(self) -> list[type[Format]]:
        return [AnyTable]

    @property
    def export_formats(self) -> list[type[Format]]:
        return [*EXPORTS]

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"caller": current_caller(request), "now": timezone.now(), **kwargs}

    def write_to_tmp_storage(self, import_file: Any, input_format: Any) -> UploadedText:
        return UploadedText(import_file.text)

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        return {**super().get_confirm_form_kwargs(request, import_form), "user_id": staff_id(request)}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        """Stores a file whose preview is shown without an error, so that its import can be confirmed."""
        if import_form is not None:
            file = import_form.cleaned_data["import_file"]
            file.tmp_storage_name = store_preview(file.text, rows_read=import_form.rows_read, user_id=staff_id(request))
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        return initial

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Imports the previewed file, in a transaction with the reading of it."""
        try:
            with transaction.atomic():
                if self.has_import_permission(request) and not self.create_confirm_form(request).is_valid():
                    return self.refuse_import(request, "the preview has expired")
                response: HttpResponse = super().process_import(request, **kwargs)
                return response
        except DatabaseError as error:
            if lost_race(error) is None:
                raise
            return self.refuse_import(request, "somebody else was changing the same data")

    def refuse_import(self, request: HttpRequest, reason: str) -> HttpResponse:
        messages.error(request, f"Nothing was imported: {reason}. Upload the file again.")
        return redirect(f"admin:reservation_{self.opts.model_name}_import")

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {"rollback_on_validation_errors": True}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Redirects back with a message if a row has become invalid since the preview: then nothing was written."""
        if is_unexplained(result):
            return self.refuse_import(request, "the program made an error, which was logged")
        if result.has_errors() or result.has_validation_errors():
            return self.refuse_import(request, "the data has changed since the preview")
        response: HttpResponse = super().process_result(result, request)
        return response

    def get_export_queryset(self, request: HttpRequest) -> Any:
        with invalid_lookups(request):
            queryset = super().get_export_queryset(request)
            queryset.exists()  # some databases find out only now
        return queryset

    # The library annotates only one of the responses that it returns.
    def export_action(self, request: HttpRequest) -> HttpResponse:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            response: HttpResponse = super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(f"admin:reservation_{self.opts.model_name}_changelist")
        return response

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any) -> Any:
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        LogEntry.objects.create(
            user_id=current_caller(request).user_id,  # type: ignore[misc] # staff has logged in
            content_type=ContentType.objects.get_for_model(self.model),
            object_repr=f"{queryset.count()} {self.opts.verbose_name_plural}",
            action_flag=CHANGE,
            change_message=f"Exported as {file_format.get_title()}.",
        )
        return data

    # --- Accounts ------------------------------------------------------------------------------------------------

    add_form: type[NewPersonForm]
    create_command: Command[..., Any]
    lines: tuple[tuple[str, ...], ...] = ()
    """The fields that stand side by side."""

    list_select_related = ("user",)
    readonly_fields = ("address", "reservations")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            fields = self.add_form._meta.fields or ()
            names: tuple[str, ...] = ("email", *fields)
        else:
            name, *others = editable_fields(self.opts.model)
            names = (name, "address", *others, "reservations")
        return ((None, {"fields": in_lines(names, self.lines)}),)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **(kwargs if change else {"form": self.add_form, **kwargs}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves a change. A new client or provider is created by the command, with an account."""
        if change:
            super().save_model(request, obj, form, change)
            return
        fields = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "services"}
        created = self.create_command(caller=current_caller(request), now=timezone.now(), **fields)
        obj.__dict__ |= vars(created)

    @admin.display(description="email", ordering="user__email")
    def address(self, person: Any) -> str:
        return str(person.user)

    @admin.display(description="reservations")
    def reservations(self, person: Any) -> str:
        page = reverse("admin:reservation_reservation_changelist")
        return format_html(
            '<a class="page-link" href="{}?{}__id__exact={}&when=ahead">Upcoming reservations</a>',
            page,
            self.opts.model_name,
            person.pk,
        )
