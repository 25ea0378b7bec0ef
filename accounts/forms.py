"""The sign-up form, which allauth adds to its own."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from reservation.models import Client, User
from reservation.policy import MAX_NAME_LENGTH


class SignupForm(forms.Form):
    """The client's name, beside email and password. Default: the local part of the email address."""

    name = forms.CharField(max_length=MAX_NAME_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        """Compares the password with the email too: allauth validates the password before it knows the address."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "email" in cleaned and "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=cleaned["email"]))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def clean_name(self) -> str:
        """Cleans the name as the model does; empty for one that was not given. Raises ValidationError."""
        if not isinstance(self.data.get("name") or "", str):  # of JSON
            raise ValidationError("A name is a text.", code="invalid")
        field = Client.name.field
        name = str(field.to_python(self.cleaned_data["name"]))
        return str(field.clean(name, None)) if name else ""

    def signup(self, request: HttpRequest, user: User) -> None:
        """Required by allauth. Does nothing: the adapter creates the client in the account's transaction."""
