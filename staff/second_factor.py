"""The page on which staff sets up a second factor: a QR code, then a code, then recovery codes."""

from base64 import b64encode
from typing import Any

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.second_factor import has_second_factor
from reservation.models import User


class CodeForm(ActivateTOTPForm):
    """The form of allauth with a widget of the theme."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.widget = UnfoldAdminTextInputWidget(attrs=field.widget.attrs)


def may_set_up(user: object) -> bool:
    """Returns whether the user is staff without a second factor."""
    return isinstance(user, User) and user.is_active and user.is_staff and not has_second_factor(user_id=user.pk)


@never_cache
def set_up(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows the page; after a right code, it shows the recovery codes, once."""
    user = request.user
    if not (isinstance(user, User) and may_set_up(user)):
        return redirect("admin:index")
    if is_reauthentication_required(request, app="allauth.mfa"):
        logout(request)  # the log-in was too long ago
        return redirect("admin:login")
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
