"""Importing clients and providers from a file, by the commands of the API: all rows or none.

A file that was previewed waits for its import in a session of its own (`reservation.domain.session`): every process can
read it there, and an erasure deletes it. A file in /tmp would be on one machine only, and nothing would delete it.
"""

import hashlib
import json
import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import get_random_string
from import_export.forms import ConfirmImportForm
from import_export.resources import ModelResource
from import_export.results import Error, Result
from import_export.tmp_storages import BaseStorage
from unfold.contrib.import_export.forms import ImportForm

from reservation.domain.caller import Caller
from reservation.domain.errors import DomainError
from reservation.domain.session import PREVIEW_PREFIX, delete_previews
from reservation.models import User
from staff.formats import escape_formula, unescape_formula
from staff.tables import Table, check_table, read_table, read_text

PREVIEW_TTL = timedelta(minutes=10)
KEY_LENGTH = 40
"""Of the primary key of a session."""

logger = logging.getLogger(__name__)


# --- Files and previews ----------------------------------------------------------------------------------------------


class PeopleImportForm(ImportForm):
    """Refuses a file that is too large or is no table with the right columns.

    rows_read: what the dry run has read of the database, row by row.
    """

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        self.columns: tuple[str, ...] = tuple(resources[0]._meta.fields)
        self.rows_read: list[Any] = []

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        file.text = read_text(file)
        check_table(read_table(file.text), columns=self.columns, key="email")
        return file


class PeopleConfirmForm(ConfirmImportForm):
    """Refuses a preview that has expired, or is somebody else's.

    rows_read: what the dry run has read of the database, as `fingerprint` has it.
    """

    format = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput)
    resource = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id = user_id

    def clean_import_file_name(self) -> str:
        name: str = super().clean_import_file_name()
        preview = find_preview(name) if name.startswith(prefix_of(self.user_id)) else {}
        if not preview:
            raise ValidationError("This preview has expired.")
        self.rows_read = preview["rows_read"]
        return name


class PreviewStorage(BaseStorage):
    """The storage of import_export: the text of the file that was previewed."""

    def read(self) -> str:
        """Returns the text of the file; empty once it has expired."""
        return str(find_preview(self.name).get("text", ""))

    def remove(self) -> None:
        Session.objects.filter(pk=self.name, pk__startswith=PREVIEW_PREFIX).delete()


class UploadedText:
    """The storage of a file that is being previewed: nothing is stored before it turns out that it can be imported."""

    name = None

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self) -> str:
        return self.text


def prefix_of(user_id: int) -> str:
    """Returns the beginning of the keys of this user's previews."""
    return f"{PREVIEW_PREFIX}{user_id}-"


def store_preview(text: str, *, rows_read: list[Any], user_id: int) -> str:
    """Stores the file, in place of the user's former one, and returns its key."""
    delete_previews(of=prefix_of(user_id))
    prefix = prefix_of(user_id)
    session = Session.objects.create(
        session_key=prefix + get_random_string(KEY_LENGTH - len(prefix), "abcdefghijklmnopqrstuvwxyz0123456789"),
        session_data=Session.objects.encode({"text": text, "rows_read": fingerprint(rows_read)}),
        expire_date=timezone.now() + PREVIEW_TTL,
    )
    return session.pk


def find_preview(key: str) -> dict[str, Any]:
    """Returns the preview, locked in a transaction, so that it outlasts an erasure or falls to it as a whole."""
    found = Session.objects.filter(pk=key, pk__startswith=PREVIEW_PREFIX, expire_date__gt=timezone.now())
    session = (found.select_for_update() if transaction.get_connection().in_atomic_block else found).first()
    return session.get_decoded() if session else {}


def fingerprint(rows_read: list[Any]) -> str:
    return hashlib.sha256(json.dumps(rows_read).encode()).hexdigest()


def forget_previews(user: User | None, **_: Any) -> None:
    """Deletes the previews of a user who logs out."""
    if user is not None and user.pk is not None:
        delete_previews(of=prefix_of(user.pk))


# --- Rows ------------------------------------------------------------------------------------------------------------


class UnexpectedError(Error):
    """An error that is no one's input: it is logged, and the page shows none of its text."""

    def __init__(self, error: Exception, row: Any = None, number: int | None = None) -> None:
        super().__init__(error, row, number)
        if not isinstance(error, ValidationError):
            logger.error("A row was not imported.", exc_info=error)


def is_unexplained(result: Result) -> bool:
    """Returns whether the import failed by an error that is no one's input."""
    errors = [*result.base_errors, *(error for _, errors in result.row_errors() for error in errors)]
    return any(not isinstance(error.error, ValidationError) for error in errors)


class NumberedResult(Result):
    """Numbers rows as the file does, in which there may be blank ones between them."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__()
        self.numbers = numbers

    def append_invalid_row(self, number: int, row: Any, validation_error: ValidationError) -> None:
        super().append_invalid_row(self.numbers[number - 1], row, validation_error)

    def row_errors(self) -> list[tuple[int, list[Error]]]:
        return [(self.numbers[place - 1], errors) for place, errors in super().row_errors()]


class PeopleResource(ModelResource):
    """One row for each client or provider, identified by the email of the account. Absent columns change nothing."""

    def __init__(self, *, caller: Caller | None = None, now: Any = None, form: Any = None, **kwargs: Any) -> None:
        """form: the one whose file is imported, which knows the `rows_read` of the preview."""
        super().__init__(**kwargs)
        self.caller, self.now = caller, now
        self.seen: set[str] = set()
        self.numbers: list[int] = []
        self.rows_read: list[Any] = []
        self.expected: str | None = None
        if isinstance(form, PeopleImportForm):
            self.rows_read = form.rows_read
        elif isinstance(form, PeopleConfirmForm):
            self.expected = form.rows_read

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file, in order."""
        return tuple(self._meta.fields)

    # --- Export --------------------------------------------------------------------------------------------------

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        return escape_formula(super().export_field(field, instance, **kwargs))

    # --- Import --------------------------------------------------------------------------------------------------

    def get_result_class(self) -> Any:
        return partial(NumberedResult, self.numbers)

    def get_error_result_class(self) -> type[Error]:
        return UnexpectedError

    def before_import(self, dataset: Table, **kwargs: Any) -> None:
        self.numbers.extend(dataset.numbers)

    def after_import(self, dataset: Table, result: Result, **kwargs: Any) -> None:
        """Raises ValidationError if the rows are no longer what the user has seen in the preview."""
        if self.expected is not None and self.expected != fingerprint(self.rows_read):
            raise ValidationError("The data has changed since the preview.")

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        stored = self.stored_email_of(row)
        if stored in self.seen:
            raise ValidationError({"email": "There is another row with this address."})
        self.seen.add(stored)
        return self._meta.model.objects.select_related("user").filter(user__email=stored).first()

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(user=User(email=unescape_formula(row["email"])))

    def stored_email_of(self, row: dict[str, str]) -> str:
        """Returns the address as its account stores it. Raises ValidationError for one without a normal form."""
        try:
            return User.objects.stored_email(unescape_formula(row["email"]))
        except ValidationError as error:
            raise ValidationError({"email": error.messages}) from error

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Does nothing: the command sets the fields once it has checked them."""

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Returns whether the row changes nothing."""
        current = {field.column_name: str(field.export(instance)) for field in self.get_import_fields()}
        self.rows_read.append({name: current[name] for name in row} if instance.pk else None)
        return instance.pk is not None and all(current[name] == value for name, value in self.values_of(row).items())

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        try:
            written = self.write(instance, is_create, self.values_of(row))
        except DomainError as refusal:
            column = refusal.field if refusal.field in self.columns else None
            raise ValidationError({column: refusal.message} if column else refusal.message) from refusal
        instance.__dict__ |= vars(written)

    def values_of(self, row: dict[str, str]) -> dict[str, str]:
        """Returns the values of the columns except the email, unescaped."""
        values = {name: unescape_formula(str(value or "")).strip() for name, value in row.items()}
        return {name: value for name, value in values.items() if name != "email"}

    def write(self, instance: Any, is_create: bool, values: dict[str, str]) -> Model:
        """Creates or updates one client or provider, by a command."""
        raise NotImplementedError
