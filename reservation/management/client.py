"""The client that a command's argument names."""

from django.core.management.base import CommandError

from reservation.domain.caller import Caller
from reservation.models import Client
from reservation.models.user import normalise_email


def find_client(email_or_id: str) -> Client:
    """The client with this address or id. Raises CommandError."""
    named = {"pk": int(email_or_id)} if email_or_id.isdecimal() else {"user__email": normalise_email(email_or_id)}
    client = Client.objects.select_related("user").filter(**named).first()
    if client is None:
        raise CommandError("There is no client with this address or id.")
    return client


def as_caller(client: Client) -> Caller:
    """The client as the caller, for an operator who acts on its behalf, even if it can no longer log in."""
    return Caller(user_id=client.user_id, email=client.user.email, client_id=client.pk)
