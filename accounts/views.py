"""Views of allauth's API with rules of our own."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.headless.account.inputs import ChangePasswordInput as AllauthsChangePasswordInput
from allauth.headless.account.views import ChangePasswordView as AllauthsChangePasswordView
from allauth.headless.internal.restkit.inputs import ModelMultipleChoiceField
from allauth.headless.usersessions.inputs import SelectSessionsInput as AllauthsSelectSessionsInput
from allauth.headless.usersessions.views import SessionsView as AllauthsSessionsView
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse

MAX_ID_DIGITS = 18
"""The most digits that every number may have that a column of ids stores."""


class ChangePasswordInput(AllauthsChangePasswordInput):
    """Current and new password. The current one is checked as at a log-in, so that all attempts share one count."""

    def clean_current_password(self) -> str:
        """Raises ValidationError, also for an account without a password.

        A session alone does not give it one: a reset does, which takes a mail.
        """
        password = str(self.cleaned_data["current_password"])
        if not self.user.has_usable_password():
            message = "This account has no password. Set one by a password reset, which sends you a mail."
            raise ValidationError(message, code="password_reset_required")
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class ChangePasswordView(AllauthsChangePasswordView):
    input_class = ChangePasswordInput


class SessionsField(ModelMultipleChoiceField):
    """Ids of sessions. allauth's field fails with 500 for a number that no column stores."""

    def clean(self, value: Any) -> Any:
        """Raises ValidationError, also for such a number."""
        for pk in value if isinstance(value, list) else ():
            if len(str(pk)) > MAX_ID_DIGITS:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": pk}
                )
        return super().clean(value)


class SelectSessionsInput(AllauthsSelectSessionsInput):
    sessions = SessionsField(queryset=UserSession.objects.none())


class SessionsView(AllauthsSessionsView):
    input_class = {"DELETE": SelectSessionsInput}  # noqa: RUF012  # as allauth declares it


def no_phone(request: HttpRequest) -> HttpResponse:
    """Raises Http404: accounts have no phone number."""
    raise Http404
