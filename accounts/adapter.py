"""What django-allauth asks of us: the sign-up's extra field, and a client for every new account."""

import logging
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from accounts.second_factor import has_second_factor
from ops.client_address import client_address
from ops.rate_limit import Rate, rate_limiter
from reservation.domain.client import register_client
from reservation.models import User
from reservation.policy import MAX_NAME_LENGTH

logger = logging.getLogger(__name__)

MAX_SESSIONS = 20
"""Of an account: a script that logs in for each request would gather thousands."""

MAX_EMAIL_LENGTH = User._meta.get_field("email").max_length or 0


def attempts() -> list[Rate]:
    """How often an account's password may be tried: so often in ten minutes, twice that an hour, four times a day."""
    most = settings.LOG_IN_ATTEMPTS
    windows = [(1, 600), (2, 3600), (4, 86_400)]
    return [Rate(f"log-in-{seconds}", times * most, seconds) for times, seconds in windows if most]


def account_key(email: str) -> str:
    """Of an account, whether there is one or not. Nobody's address stands in Redis."""
    return sha256(email.strip().lower().encode()).hexdigest()


def may_try(email: str) -> bool:
    """Count an attempt to show this account's password; whether it may be made."""
    return all(rate_limiter().consume(rate, account_key(email)).is_allowed for rate in attempts())


def forget_attempts(email: str) -> None:
    """Whoever tried was the owner."""
    for rate in attempts():
        rate_limiter().forget(rate, account_key(email))


@receiver([password_changed, password_reset, password_set])
def end_what_went_before(user: User, **_: Any) -> None:
    """With a new password no session of before lasts, and with it none of its tokens; and nobody has been guessing."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    forget_attempts(user.email)


class SignupForm(forms.Form):
    """Asked for beside the email and the password; without a name it is what stands before the @."""

    name = forms.CharField(max_length=MAX_NAME_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        """Compare the password with the address too, which allauth does not know yet when it checks the password."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "email" in cleaned and "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=cleaned["email"]))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def signup(self, request: HttpRequest, user: User) -> None:
        """Required by allauth; the adapter does it, in the account's own transaction."""


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        """By our own rule, so that there is one. Raises PermissionDenied when the proxies do not say."""
        address = client_address(request)
        if address is None:
            raise PermissionDenied("Nobody says where this request comes from.")
        return str(address)

    def clean_email(self, email: str) -> str:
        """Refuse an address that would be cut off."""
        if len(email) > MAX_EMAIL_LENGTH:
            raise ValidationError(f"An address has at most {MAX_EMAIL_LENGTH} characters.", code="max_length")
        return str(super().clean_email(email))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Make the account and its client, or neither."""
        try:
            with transaction.atomic():
                user = super().save_user(request, user, form, commit)
                name = form.cleaned_data.get("name") or user.email.partition("@")[0]
                register_client(user=user, name=name[:MAX_NAME_LENGTH], now=timezone.now())
        except IntegrityError as error:
            # Somebody else signed up with the address since the form was checked.
            taken = {"message": "There is an account with this address.", "code": "email_taken", "param": "email"}
            raise ImmediateHttpResponse(JsonResponse({"status": 400, "errors": [taken]}, status=400)) from error
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. Raises ValidationError after too many; the more there were, for the longer."""
        super().pre_authenticate(request, **credentials)
        if not may_try(credentials.get("email", "")):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account. Who has shown the right password, and needs no code, has not been guessing."""
        user = super().authenticate(request, **credentials)
        if user is not None and not has_second_factor(user_id=user.pk):
            forget_attempts(user.email)
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session, and end the oldest of those that are too many: allauth looks at each when one begins."""
        super().login(request, user)
        forget_attempts(user.email)
        for session in UserSession.objects.filter(user=user).order_by("-created_at", "-id")[MAX_SESSIONS - 1 :]:
            session.end()

    def send_notification_mail(self, *arguments: Any, **fields: Any) -> None:
        """Tell the owner of a change. The change has been made, also when the mail server is away."""
        try:
            super().send_notification_mail(*arguments, **fields)
        except OSError:  # all that sockets and smtplib raise
            logger.exception("An account was changed, and its owner could not be told by mail.")
