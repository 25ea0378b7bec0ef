"""The files of imports: what is checked when one is uploaded, and where it waits until its preview is confirmed.

A file that was previewed waits for its import in a session of its own (`reservation.domain.session`): every process can
read it there, and an erasure deletes it. A file in /tmp would be on one machine only, and nothing would delete it.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from import_export.forms import ConfirmImportForm
from import_export.tmp_storages import BaseStorage
from unfold.contrib.import_export.forms import ImportForm

from reservation.domain.session import PREVIEW_PREFIX, delete_previews
from reservation.models import User
from staff.tables import check_table, read_table, read_text

PREVIEW_TTL = timedelta(minutes=10)
CHOICES = [("0", "")]
"""Of formats, and of resources: there is one of each."""

KEY_LENGTH = 40
"""Of the primary key of a session."""


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

    # In place of fields for any text.
    format = forms.ChoiceField(choices=CHOICES, widget=forms.HiddenInput)  # pyright: ignore[reportAssignmentType]
    resource = forms.ChoiceField(  # pyright: ignore[reportAssignmentType]
        choices=CHOICES, widget=forms.HiddenInput, required=False
    )

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
        return str(find_preview(self.name or "").get("text", ""))

    def remove(self) -> None:
        Session.objects.filter(pk=self.name, pk__startswith=PREVIEW_PREFIX).delete()


class UploadedText(BaseStorage):
    """The storage of a file that is being previewed: nothing is stored before it turns out that it can be imported."""

    def __init__(self, text: str) -> None:
        super().__init__()
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
