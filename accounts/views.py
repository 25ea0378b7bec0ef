"""Views of allauth's API with rules of our own."""

from allauth.account.adapter import get_adapter
from allauth.headless.account.inputs import ChangePasswordInput as AllauthsChangePasswordInput
from allauth.headless.account.views import ChangePasswordView as AllauthsChangePasswordView
from django.core.exceptions import ValidationError


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
