"""The page on which staff sets up a second factor: a QR code, then a code, then recovery codes."""

from base64 import b64encode
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp
from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from accounts.second_factor import has_second_factor
from reservation.models import User


class CodeForm(ActivateTOTPForm):
    """The form of allauth with a widget of the theme."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.widget = UnfoldAdminTextInputWidget(attrs=field.widget.attrs)


class PasswordForm(forms.Form):
    """The password of the user, once more. Attempts are counted with those at logging in."""

    password = forms.CharField(
        strip=False,
        max_length=4096,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        found = get_account_adapter(self.request).authenticate(self.request, email=self.user.email, password=password)
        if found is None or found.pk != self.user.pk:
            raise ValidationError("This is not the password of your account.")
        return password


def may_set_up(user: object) -> bool:
    """Returns whether the user is staff without a second factor."""
    return isinstance(user, User) and user.is_active and user.is_staff and not has_second_factor(user_id=user.pk)


@never_cache
def set_up(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows the page; after a right code, it shows the recovery codes, once.

    If the password was given too long ago, it is asked for first.
    """
    user = request.user
    if isinstance(user, User) and user.is_staff and has_second_factor(user_id=user.pk):
        messages.info(request, "Your account has a second factor.")
    if not (isinstance(user, User) and may_set_up(user)):
        return redirect("admin:index")
    if needs_password(request):
        return confirm_password(request, user, site)
    context = site.each_context(request) | {"title": "Set up your second factor"}
    form = CodeForm(data=request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        authenticator, recovery = activate_totp(request, form)
        post_authentication(request, authenticator)
        context["codes"] = RecoveryCodes(recovery).get_unused_codes() if recovery else []
    else:
        picture = get_adapter().build_totp_svg(get_adapter().build_totp_url(user, form.secret))
        context |= {"form": form, "secret": form.secret, "picture": b64encode(picture.encode()).decode()}
    return TemplateResponse(request, "admin/second_factor.html", context)


def needs_password(request: HttpRequest) -> bool:
    """Returns whether the user has given the password too long ago to change what logging in takes."""
    try:
        return bool(is_reauthentication_required(request, app="allauth.mfa"))
    except ReauthenticationRequired:
        return True


def confirm_password(request: HttpRequest, user: User, site: AdminSite) -> HttpResponse:
    """Shows the form for the password, and why it is needed; after the right one, leads back to the page."""
    form = PasswordForm(request.POST if "password" in request.POST else None, request=request, user=user)
    if form.is_valid():
        record_authentication(request, user, method="password", email=user.email, reauthenticated=True)
        return redirect("admin:second_factor")
    context = site.each_context(request) | {"title": "Enter your password once more", "form": form}
    return TemplateResponse(request, "admin/confirm_password.html", context)
