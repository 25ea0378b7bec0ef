"""Bringing people in from a file: by the commands that the API calls, all of them or none."""

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
from staff.formats import guard, unguard

MAX_BYTES = 200 * 1024
"""Of a file; nginx takes no more than 256 KB."""

MAX_ROWS = 1000
KEPT_SECONDS = 3600


class PeopleImportForm(ImportForm):
    """Refuses what is too much, or no text, before anything reads it."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_BYTES:
            raise ValidationError(f"A file has at most {MAX_BYTES // 1024} KB.")
        try:
            file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError("This is not a text in UTF-8: save it as CSV UTF-8.") from error
        file.seek(0)
        return file


class SessionStorage(BaseStorage):
    """Where a file waits between the dry run and the import: a session of its own, which every process can read.

    A file in /tmp would be on one machine, and stay there.
    """

    def save(self, data: bytes) -> None:
        session = store()
        session["import"] = data.decode("utf-8-sig")
        session.set_expiry(KEPT_SECONDS)
        session.create()
        self.name = session.session_key

    def read(self) -> str:
        """The text; an empty one when it is not there any more."""
        return str(store(self.name).get("import", ""))

    def remove(self) -> None:
        session = store(self.name)
        if "import" in session:  # and nobody's log-in
            session.delete()


def store(name: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(name)


class PeopleResource(ModelResource):
    """A row a person, told by the address of the account. A column that is not there changes nothing.

    `columns` are those of the file, in order; `write` makes or changes one person, by a command.
    """

    columns: tuple[str, ...] = ()

    def __init__(self, *, caller: Caller | None = None, now: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.caller, self.now = caller, now
        self.seen: set[str] = set()

    # --- Out -----------------------------------------------------------------------------------------------------

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        return guard(super().export_field(field, instance, **kwargs))

    # --- In ------------------------------------------------------------------------------------------------------

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        unknown = sorted(set(dataset.headers or ()) - set(self.columns))
        if unknown:
            raise ValidationError(
                f"There is no column {', '.join(unknown)}. The columns are {', '.join(self.columns)}."
            )
        if len(set(dataset.headers or ())) < len(dataset.headers or ()):
            raise ValidationError("A column is there twice.")
        if len(dataset) > MAX_ROWS:
            raise ValidationError(f"A file has at most {MAX_ROWS} rows.")

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        email = normalise_email(unguard(row["email"]))
        if email in self.seen:
            raise ValidationError({"email": "There is another row with this address."})
        self.seen.add(email)
        return self._meta.model.objects.select_related("user").filter(user__email=email).first()

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(user=User(email=normalise_email(unguard(row["email"]))))

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Nothing yet: the command sets what it has checked."""

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Whether it says what is so already."""
        now = {field.column_name: str(field.export(instance)) for field in self.get_import_fields()}
        return instance.pk is not None and all(now[name] == value for name, value in self.given(row).items())

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        try:
            written = self.write(instance, is_create, self.given(row))
        except DomainError as refusal:
            column = refusal.field if refusal.field in self.columns else None
            raise ValidationError({column: refusal.message} if column else refusal.message) from refusal
        instance.__dict__ |= vars(written)

    def given(self, row: dict[str, str]) -> dict[str, str]:
        """The columns that there are, without the guard and the address."""
        given = {name: unguard(str(value or "")).strip() for name, value in row.items()}
        return {name: value for name, value in given.items() if name != "email"}

    def write(self, instance: Any, is_create: bool, given: dict[str, str]) -> Model:
        raise NotImplementedError
