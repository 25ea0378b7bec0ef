"""The log-in of staff with Google. Loaded only where that is configured.

It logs in to existing accounts only, and takes the same code as a password does. allauth makes the redirect, keeps the
state and exchanges the code; the views are ours, because allauth's would make accounts and ask for no code of staff.
"""

import time
from dataclasses import asdict, dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts.attempts import consume_attempt, reset_attempts
from accounts.identity import is_linked, link_identity
from accounts.second_factor import has_second_factor
from accounts.tokens import InvalidToken
from accounts.tokens.external import Identity, verify
from ops.request_rate import consume_of_address
from reservation.models import User
from staff.log_in import check_code, code_field, record_log_in

PENDING = "google_log_in"
"""The item of a session of nobody, with a log-in that lacks its code."""

PENDING_SECONDS = 600
EXCHANGE_TOKENS = 10
"""What each return from Google consumes of its address: it holds a thread while Google answers."""

NOT_COMPLETED = "Google did not complete the log-in. Try again."
NO_STAFF = "No account of staff has the verified address of this Google account."
NOT_VERIFIED = "Verify the address of your account by the mail that it got, before you log in with Google."
LINKED_OTHERWISE = "Your account is linked with another Google account."
TOO_MANY = "Too many failed login attempts. Try again later."


class Refused(Exception):
    """The log-in is refused. Its text is shown on the log-in page."""


class StaffGoogleAdapter(google.GoogleOAuth2Adapter):
    """allauth's adapter, with the admin's own address to return to."""

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("admin:google_return"))


@dataclass(frozen=True, kw_only=True)
class PendingLogIn:
    """Whom Google has authenticated, when (in seconds since 1970), and where the browser goes afterwards."""

    user_id: int
    subject: str
    at: float
    next: str


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = code_field()
    code.label = "Code of your authenticator app"
    code.widget.attrs["autofocus"] = True

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Checks the code. Attempts are counted with those at the password. Raises ValidationError."""
        if not consume_attempt(self.user.email):
            raise ValidationError(TOO_MANY)
        self.checked = check_code(self.cleaned_data, self.user)
        return self.cleaned_data


def provider_of(request: HttpRequest) -> GoogleProvider:
    provider: GoogleProvider = get_adapter(request).get_provider(request, "google")
    provider.oauth2_adapter_class = StaffGoogleAdapter
    return provider


@never_cache
@require_safe
def start(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Redirects to Google. The state, which the return has to bring back once, is in the session of this browser."""
    response: HttpResponse = provider_of(request).redirect(
        request, process="login", next_url=safe_next(request, request.GET.get("next", "")), scope=["openid", "email"]
    )
    return response


@never_cache
@require_safe
def return_from_google(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Logs in whom Google has authenticated, or asks for the code; shows on the log-in page why it does not."""
    limit = consume_of_address(request, EXCHANGE_TOKENS)
    if limit is not None and not limit.is_allowed:
        headers = {"Retry-After": str(limit.retry_seconds)}
        text = "Too many requests. Try again later."
        return HttpResponse(text, status=429, headers=headers, content_type="text/plain")
    provider = provider_of(request)
    destination = ""
    try:
        state = take_state(request, provider)
        destination = safe_next(request, state.get("next", ""))
        identity = exchange(request, provider, state)
        user = find_staff(identity)
    except Refused as refusal:
        return refuse(request, refusal, destination)
    if has_second_factor(user_id=user.pk):
        pending = PendingLogIn(user_id=user.pk, subject=identity.subject, at=time.time(), next=destination)
        request.session[PENDING] = asdict(pending)
        return redirect("admin:google_code")
    return complete(request, user, None, subject=identity.subject, destination=destination)


@never_cache
def ask_for_code(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows the form for the code, and logs in with the right one."""
    stored = request.session.get(PENDING)
    pending = PendingLogIn(**stored) if stored else None
    user = User.objects.filter(pk=pending.user_id, is_active=True, is_staff=True).first() if pending else None
    if pending is None or user is None or time.time() - pending.at > PENDING_SECONDS:
        request.session.pop(PENDING, None)
        return refuse(request, Refused(NOT_COMPLETED), "")
    form = CodeForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        return complete(request, user, form.checked, subject=pending.subject, destination=pending.next)
    context = site.each_context(request) | {"title": f"Logging in as {user.email}", "form": form}
    return TemplateResponse(request, "admin/google_code.html", context)


def take_state(request: HttpRequest, provider: GoogleProvider) -> dict[str, Any]:
    """Returns the state with which this browser was sent to Google, and removes it. Raises Refused if it was not."""
    try:
        state = provider.unstash_redirect_state(request, request.GET.get("state", ""))
    except PermissionDenied as error:
        raise Refused(NOT_COMPLETED) from error
    assert state is not None  # allauth raises instead
    return state


def exchange(request: HttpRequest, provider: GoogleProvider, state: dict[str, Any]) -> Identity:
    """Returns the identity that Google asserts, in a token whose signature is verified although it came by TLS.

    Raises Refused.
    """
    if "code" not in request.GET:
        raise Refused(NOT_COMPLETED)
    assert provider.app is not None  # the settings configure it
    adapter = provider.get_oauth2_adapter(request)
    client = adapter.get_client(request, provider.app)
    try:
        answer = client.get_access_token(request.GET["code"], pkce_code_verifier=state.get("pkce_code_verifier"))
        return verify(
            str(answer.get("id_token", "")),
            jwks_url=settings.GOOGLE_JWKS_URL,
            issuer=google.ID_TOKEN_ISSUER,
            audience=provider.app.client_id,
        )
    except (OAuth2Error, RequestException, InvalidToken, ValueError) as error:
        raise Refused(NOT_COMPLETED) from error


def find_staff(identity: Identity) -> User:
    """Returns the active account of staff with the address that Google has verified. Raises Refused.

    An address that its owner has signed up with counts when they have verified it; one without any record was given to
    the account by an operator. The attempt is counted with those at the password.
    """
    if identity.email is None:
        raise Refused(NO_STAFF)
    if not consume_attempt(identity.email):
        raise Refused(TOO_MANY)
    user = User.objects.find_by_email(identity.email)
    if user is None or not (user.is_active and user.is_staff):
        raise Refused(NO_STAFF)
    if EmailAddress.objects.filter(user=user, email=user.email, verified=False).exists():
        raise Refused(NOT_VERIFIED)
    if not is_linked(user, issuer=identity.issuer, subject=identity.subject):
        raise Refused(LINKED_OTHERWISE)
    return user


def complete(request: HttpRequest, user: User, code: Any, *, subject: str, destination: str) -> HttpResponse:
    """Links the account with the subject, and begins the session. code: the checked one, if the account needs it."""
    if not link_identity(user, issuer=google.ID_TOKEN_ISSUER, subject=subject, now=timezone.now()):
        return refuse(request, Refused(LINKED_OTHERWISE), destination)
    request.session.pop(PENDING, None)
    record_log_in(request, user, code, method="socialaccount", provider="google", uid=subject)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    reset_attempts(user.email)
    UserSession.objects.create_from_request(request)  # so that it is listed on the page of sessions
    return redirect(destination or "admin:index")


def refuse(request: HttpRequest, refusal: Refused, destination: str) -> HttpResponse:
    messages.error(request, str(refusal))
    query = f"?{urlencode({'next': destination})}" if destination else ""
    return redirect(reverse("admin:login") + query)


def safe_next(request: HttpRequest, url: str) -> str:
    """Returns the URL if it is on this site, or else nothing."""
    is_safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_safe else ""
