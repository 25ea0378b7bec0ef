"""E-mail addresses on their way into django-allauth: it compares text, and is given the text that is stored."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
from allauth.account.signals import email_added
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts.middleware import AUTH_PREFIX
from reservation.models import User
from reservation.models.email import mail_address, normalise_email


class StoredEmailMiddleware:
    """Replaces the address in a body for allauth by the one that the account stores, however it is spelled.

    allauth looks accounts up, counts attempts and stores addresses in many places, each by the text of the request.
    What can be no address is left for allauth's forms to refuse.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(AUTH_PREFIX):
            replace_email(request)
        return self.get_response(request)


def replace_email(request: HttpRequest) -> None:
    """Replaces `email` in the JSON of this request, and keeps it on the request as it was typed.

    The JSON was parsed by `ReadableJsonMiddleware`, which comes before.
    """
    body = getattr(request, "parsed_body", None)
    if not (isinstance(body, dict) and isinstance(email := body.get("email"), str)):
        return
    try:
        stored = User.objects.stored_email(email)
    except ValidationError:
        return
    vars(request)["typed_email"] = email
    if stored != email:
        request._body = orjson.dumps(body | {"email": stored})


def typed_email(request: HttpRequest | None) -> str:
    """Returns the address in this request as it was typed; empty if it had none."""
    return str(getattr(request, "typed_email", ""))


def mail_address_for(email: str, user: User | None, typed: str) -> str | None:
    """Returns where mail to a stored address goes: the local part has the case that its owner typed, where it is known.

    user: the account that the mail is about. typed: the address in the request; anybody may have typed it, so that an
    account's own address goes before it. None for an address in doubt that has no form for mail.
    """
    if user is not None and user.email == email:
        return user.mail_address
    for address in (user.typed_email if user is not None else "", typed, email):
        with suppress(ValidationError):
            if normalise_email(address) == normalise_email(email):
                return mail_address(address)
    return email if email.isascii() else None


@receiver(email_added)
def keep_typed_email(request: HttpRequest, user: User, **_: Any) -> None:
    """Keeps what the owner has typed as a new address. It counts as soon as that is the address of the account."""
    User.objects.filter(pk=user.pk).update(typed_email=typed_email(request))
