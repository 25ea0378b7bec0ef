"""The client that a command's argument names."""

from django.core.management.base import CommandError

from reservation.domain.caller import Caller
from reservation.models import Client, User


def find_client(email_or_id: str) -> Client:
    """The client with this address or id. Raises CommandError."""
    clients = Client.objects.select_related("user")
    if email_or_id.isdecimal():
        client = clients.filter(pk=int(email_or_id)).first()
    else:
        client = clients.filter(user=User.objects.find_by_email(email_or_id)).first()
    if client is None:
        raise CommandError("There is no client with this address or id.")
    return client


def as_caller(client: Client) -> Caller:
    """The client as the caller, for an operator who acts on its behalf, even if it can no longer log in."""
    return Caller(user_id=client.user_id, email=client.user.email, client_id=client.pk)
