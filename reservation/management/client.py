"""The client that a command's argument names."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from reservation.domain.caller import Caller
from reservation.models import Client, User


def find_client(email_or_id: str) -> Client:
    """The client with this address or id. Raises CommandError."""
    clients = Client.objects.select_related("user")
    if email_or_id.isdecimal():
        client = clients.filter(pk=int(email_or_id)).first()
    else:
        client = clients.filter(user=find_account(email_or_id)).first()
    if client is None:
        raise CommandError("There is no client with this address or id.")
    return client


def find_account(email: str) -> User | None:
    """The account with this address, or None. Raises CommandError for an address that can have none."""
    try:
        return User.objects.filter(email=User.objects.stored_email(email)).first()
    except ValidationError as error:
        if "@" not in email:
            return None
        raise CommandError(" ".join(error.messages)) from error


def as_caller(client: Client) -> Caller:
    """The client as the caller, for an operator who acts on its behalf, even if it can no longer log in."""
    return Caller(user_id=client.user_id, email=client.user.email, client_id=client.pk)
