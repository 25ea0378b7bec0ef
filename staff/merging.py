"""Forms that write only what their user has changed, and ask again about what somebody else changed as well.

The page has the values that it was opened with in hidden inputs. When the form is sent, the row is locked and read
again, so that each field has three values: the one that was shown, the one that was sent, and the present one.
"""

from typing import Any

from django import forms
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property


class MergingForm(forms.ModelForm):
    """A form to change a row. Its instance has the present values, read under a lock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editable = [name for name, field in self.fields.items() if not field.disabled]
        # A form that a script sends has no hidden inputs, and means to write all that it sends.
        is_from_page = not self.is_bound or any(self.add_initial_prefix(name) in self.data for name in editable)
        for name in editable if is_from_page else ():
            self.fields[name].show_hidden_initial = True

    @cached_property
    def changed_by_others(self) -> list[str]:
        """The names of the fields whose present value is not the one that the page was opened with."""
        return [
            name
            for name, field in self.fields.items()
            if field.show_hidden_initial and present_texts(self[name]) != shown_texts(self[name])
        ]

    def clean(self) -> dict[str, Any]:
        """Drops the fields that the user has not changed; adds an error to those that somebody else changed as well."""
        super().clean()
        disputed = [
            name
            for name in self.changed_by_others
            if name in self.changed_data and self.entered_texts(name) != present_texts(self[name])
        ]
        for name in disputed:
            present = in_words(self[name].initial)
            self.add_error(
                name,
                f"Somebody else has changed this since you opened the page: it is now “{present}”. "
                "Save again to replace that with your entry.",
            )
        if disputed:
            self.show_present_values()
        # What is dropped keeps its present value, on the instance and among its related rows.
        for name in set(self.cleaned_data) - set(self.changed_data):
            del self.cleaned_data[name]
        return self.cleaned_data

    def entered_texts(self, name: str) -> list[str] | None:
        """Returns what the user has entered, as the model normalises it; None if it is not valid."""
        if name not in self.cleaned_data:
            return None
        value = self.cleaned_data[name]
        if isinstance(value, str):
            value = self._meta.model._meta.get_field(name).to_python(value)
        return texts_of(self.fields[name].prepare_value(value))

    def show_present_values(self) -> None:
        """Takes the present values as shown, so that the form can be sent again; the user's own entries stay."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        for name in self.changed_by_others:
            bound, texts = self[name], present_texts(self[name])
            data.setlist(bound.html_initial_name, texts)
            if name not in self.changed_data:
                is_unchecked = isinstance(self.fields[name], forms.BooleanField) and not bound.initial
                data.setlist(bound.html_name, [] if is_unchecked else texts)
                if is_unchecked:
                    del data[bound.html_name]
        self.data = data


def merging(form: Any) -> type[MergingForm]:
    """Returns the form as one that merges."""
    return type(form.__name__, (MergingForm, form), {})


def save_changed_fields(instance: Model, form: forms.ModelForm) -> None:
    """Saves the columns that the user has changed, and no other."""
    columns = {field.name for field in instance._meta.concrete_fields}
    instance.save(update_fields=columns.intersection(form.changed_data))


def kept_changes(form: forms.ModelForm) -> str:
    """Returns in words which other fields somebody else has changed meanwhile; empty for none."""
    names = [name for name in getattr(form, "changed_by_others", ()) if name not in form.changed_data]
    labels = ", ".join(str(form.fields[name].label).lower() for name in names)
    return f"Meanwhile somebody else has changed: {labels}. That was kept." if labels else ""


def present_texts(bound: BoundField) -> list[str]:
    """Returns the present value as hidden inputs have it."""
    return texts_of(bound.field.prepare_value(bound.initial))


def shown_texts(bound: BoundField) -> list[str]:
    """Returns the value that the page was opened with."""
    widget, form = bound.field.hidden_widget(), bound.form
    return texts_of(widget.value_from_datadict(form.data, form.files, bound.html_initial_name))


def texts_of(value: Any) -> list[str]:
    """Returns the values as texts in a fixed order, with the line breaks that browsers send replaced."""
    values = value if isinstance(value, list | tuple) else [value]
    return sorted("" if one is None else "\n".join(str(one).splitlines()) for one in values)


def in_words(value: Any) -> str:
    """Returns the value of a field for a message."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "nothing"
    return str(value) if value not in (None, "") else "nothing"
