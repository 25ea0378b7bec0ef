"""Importing clients and providers from a file, by the commands of the API: all rows or none."""

import logging
from functools import partial
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Model
from import_export.resources import ModelResource
from import_export.results import Error, Result

from reservation.domain.caller import Caller
from reservation.domain.errors import DomainError
from reservation.models import Client, Provider, User
from staff.formats import escape_formula, unescape_formula
from staff.previews import PeopleConfirmForm, PeopleImportForm, fingerprint
from staff.tables import Table

logger = logging.getLogger(__name__)


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
    def model(self) -> type[Client | Provider]:
        return cast("type[Client | Provider]", self._meta.model)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file, in order."""
        return tuple(self._meta.fields or ())

    # --- Export --------------------------------------------------------------------------------------------------

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        return escape_formula(super().export_field(field, instance, **kwargs))

    # --- Import --------------------------------------------------------------------------------------------------

    # The library calls both on the instance.
    def get_result_class(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # not of the class: its rows
        return partial(NumberedResult, self.numbers)

    @classmethod
    def get_error_result_class(cls) -> type[Error]:
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
        return self.model.objects.select_related("user").filter(user__email=stored).first()

    def init_instance(self, row: Any = None) -> Any:
        return self.model(user=User(email=unescape_formula(row["email"])))

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
