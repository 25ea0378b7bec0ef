"""Importing clients and providers from a file, by the commands of the API: all rows or none."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from import_export.resources import ModelResource
from import_export.tmp_storages import BaseStorage
from tablib import Dataset
from unfold.contrib.import_export.forms import ImportForm

from reservation.domain.caller import Caller
from reservation.domain.errors import DomainError
from reservation.models import User
from reservation.models.user import normalise_email
from staff.formats import escape_formula, unescape_formula

MAX_FILE_BYTES = 200 * 1024
"""Less than the 256 KB that nginx lets through."""

MAX_FILE_ROWS = 1000
IMPORT_TTL_SECONDS = 3600


class PeopleImportForm(ImportForm):
    """Refuses a file that is too large or is no text, before it is parsed."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(f"A file has at most {MAX_FILE_BYTES // 1024} KB.")
        try:
            file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError("This is not a text in UTF-8: save it as CSV UTF-8.") from error
        file.seek(0)
        return file


class SessionStorage(BaseStorage):
    """Stores a file between the dry run and the import in a session of its own, which every process can read.

    A file in /tmp would be on one machine only, and nothing would delete it.
    """

    def save(self, data: bytes) -> None:
        session = session_store()
        session["import"] = data.decode("utf-8-sig")
        session.set_expiry(IMPORT_TTL_SECONDS)
        session.create()
        self.name = session.session_key

    def read(self) -> str:
        """Returns the text of the file; empty once it has expired."""
        return str(session_store(self.name).get("import", ""))

    def remove(self) -> None:
        session = session_store(self.name)
        if "import" in session:  # not the session of a log-in
            session.delete()


def session_store(name: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(name)


class PeopleResource(ModelResource):
    """One row for each client or provider, identified by the email of the account. Absent columns change nothing."""

    def __init__(self, *, caller: Caller | None = None, now: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.caller, self.now = caller, now
        self.seen: set[str] = set()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file, in order."""
        return tuple(self._meta.fields)

    # --- Export --------------------------------------------------------------------------------------------------

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        return escape_formula(super().export_field(field, instance, **kwargs))

    # --- Import --------------------------------------------------------------------------------------------------

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        unknown = sorted(set(dataset.headers or ()) - set(self.columns))
        if unknown:
            raise ValidationError(
                f"There is no column {', '.join(unknown)}. The columns are {', '.join(self.columns)}."
            )
        if len(set(dataset.headers or ())) < len(dataset.headers or ()):
            raise ValidationError("A column occurs twice.")
        if len(dataset) > MAX_FILE_ROWS:
            raise ValidationError(f"A file has at most {MAX_FILE_ROWS} rows.")

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        email = normalise_email(unescape_formula(row["email"]))
        if email in self.seen:
            raise ValidationError({"email": "There is another row with this address."})
        self.seen.add(email)
        return self._meta.model.objects.select_related("user").filter(user__email=email).first()

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(user=User(email=normalise_email(unescape_formula(row["email"]))))

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Does nothing: the command sets the fields once it has checked them."""

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Returns whether the row changes nothing."""
        current = {field.column_name: str(field.export(instance)) for field in self.get_import_fields()}
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
