"""The hooks of django-allauth: sign-up creates a client too, log-in attempts are limited, and so are sessions."""

import logging
import time
from contextlib import suppress
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.addresses import mail_address_for, typed_email
from accounts.attempts import consume_attempt, reset_attempts
from accounts.errors import error_response
from accounts.hashers import slots
from accounts.second_factor import has_second_factor
from accounts.sessions import end_oldest_sessions
from ops.client_address import client_address
from reservation.domain.client import register_client
from reservation.models import User
from reservation.policy import MAX_NAME_LENGTH
from reservation.text import repair_name, shows_something

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns the client address by the same rule as the rate limits and logs.

        Raises PermissionDenied when TRUSTED_PROXY_COUNT proxies did not report one.
        """
        address = client_address(request)
        if address is None:
            raise PermissionDenied("The client address of this request is unknown.")
        return str(address)

    def clean_email(self, email: str) -> str:
        """Returns the address as it is stored. Raises ValidationError for one that can have no account."""
        return str(super().clean_email(User.objects.stored_email(email)))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Creates the account and its client in one transaction.

        Raises ImmediateHttpResponse (400) when the email address is taken.
        """
        try:
            with transaction.atomic():
                user.typed_email = typed_email(request)
                user = super().save_user(request, user, form, commit)
                register_client_of(user, name=form.cleaned_data.get("name"))
        except IntegrityError as error:
            # A concurrent sign-up took the address after the form was validated.
            message = "There is an account with this address."
            response = error_response(message, status=400, code="email_taken", param="email")
            raise ImmediateHttpResponse(response) from error
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the attempt. Raises ValidationError beyond the limits; each further window locks for longer.

        Raises TooManyHashes before anything is counted: a password that cannot be checked was not tried.
        """
        slots.require_free()
        super().pre_authenticate(request, **credentials)
        if not consume_attempt(credentials.get("email", "")):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Returns the account, or None.

        The right password resets the attempts only without a second factor: with one, the code has to be right too.
        """
        with suppress(ValidationError):  # then no account has this address
            credentials |= {"email": User.objects.stored_email(credentials.get("email", ""))}
        user = super().authenticate(request, **credentials)
        if user is not None and not has_second_factor(user_id=user.pk):
            reset_attempts(user.email)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Returns whether the password is right. That resets the attempts: the session has given its code before."""
        is_right = bool(super().reauthenticate(user, password))
        if is_right:
            reset_attempts(user.email)
        return is_right

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Returns whether a change of credentials takes a recent authentication.

        Raises ReauthenticationRequired for an account without a password and a second factor, whose log-in by an
        identity provider was too long ago: allauth would let its session alone change the address, and so the password.
        """
        request = context.request
        user = request.user
        if isinstance(user, User) and not user.has_usable_password() and not has_second_factor(user_id=user.pk):
            records = get_authentication_records(request, user)
            if not records or time.time() - records[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT:
                raise ReauthenticationRequired
        return bool(super().is_reauthentication_required(app=app, **options))

    def login(self, request: HttpRequest, user: User) -> None:
        """Begins a session, resets the attempts, and ends the oldest sessions beyond the maximum."""
        super().login(request, user)
        reset_attempts(user.email)
        end_oldest_sessions(user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail to the address in ASCII. One in doubt that has no such form gets none, and the log says so."""
        address = mail_address_for(email, context.get("user"), typed_email(self.request))
        if address is None:
            logger.error("A mail was not sent: the address of its account has no form for mail.")
            return
        super().send_mail(template_prefix, address, context)

    def send_notification_mail(self, *arguments: Any, **fields: Any) -> None:
        """Notifies the owner of a change. A failure is logged: the change is committed already."""
        try:
            super().send_notification_mail(*arguments, **fields)
        except OSError:  # what sockets and smtplib raise
            logger.exception("An account was changed, and the mail that notifies its owner could not be sent.")


def register_client_of(user: User, *, name: str | None) -> None:
    """Creates the client of a new account.

    name: repaired and shortened if it has to be, since an identity provider may send any text. Default, also for one
    that shows nothing: the local part of the email.
    """
    given = repair_name(repair_name(name or "")[:MAX_NAME_LENGTH])
    if not shows_something(given):
        given = user.email.partition("@")[0][:MAX_NAME_LENGTH]
    register_client(user=user, name=given, now=timezone.now())
