"""The log-in of staff: email, password and code in one step, so that no session begins before the code is right."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.attempts import reset_attempts
from accounts.second_factor import has_second_factor
from reservation.models import User


def code_field() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=32,
        label="Code, once you have a second factor",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )


class StaffLogInForm(AuthenticationForm):
    """Email and password, and a code for accounts with a second factor. allauth limits the attempts, as in the API."""

    code = code_field()

    def clean(self) -> dict[str, Any]:
        """Checks the credentials, and records in the session how the user authenticated. Raises ValidationError."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not (email and password):
            return self.cleaned_data  # the fields show the error
        request = self.request
        assert request is not None  # the view passes it
        user = get_adapter(request).authenticate(request, email=email, password=password)
        if user is None:
            raise self.get_invalid_login_error()
        self.confirm_login_allowed(user)
        email = user.email
        code = check_code(self.cleaned_data, user)
        record_log_in(request, user, code, method="password", email=email, reauthenticated=True)
        self.user_cache = user
        return self.cleaned_data


def check_code(cleaned_data: dict[str, Any], user: User) -> AuthenticateForm | None:
    """Returns the checked code; None for an account without a second factor. Raises ValidationError."""
    if not has_second_factor(user_id=user.pk):
        return None
    if not cleaned_data.get("code"):
        raise ValidationError({"code": ValidationError("Enter a code of your authenticator app.", code="required")})
    code = AuthenticateForm(data=cleaned_data, user=user)
    if not code.is_valid():
        raise ValidationError({"code": code.errors.as_data()["code"]})
    return code


def record_log_in(request: HttpRequest, user: User, code: AuthenticateForm | None, **record: Any) -> None:
    """Records in the session how the user has authenticated, and with a code, which resets the attempts."""
    email = user.email
    if request.user.is_authenticated:
        logout(request)  # or the record would be added to the session of another account
    # Setting up a second factor requires a recent authentication.
    record_authentication(request, user, **record)
    if code is not None:
        code.save()
        reset_attempts(email)
