"""The client of a new reservation: found while the user types, or added."""

from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse

from reservation.domain.client import create_client
from reservation.domain.errors import InvalidInput
from reservation.domain.queries.clients import suggest_clients
from reservation.models import Client
from staff.base import current_caller
from staff.calendar.command import KeyForm, call_command

MAX_CLIENT_SUGGESTIONS = 10


class AddClientForm(KeyForm):
    """The domain limits the length of each field."""

    name = forms.CharField()
    email = forms.CharField()
    phone = forms.CharField(required=False)


def search_clients(request: HttpRequest) -> JsonResponse:
    """Returns the clients that match the text. By POST, since the text is personal data, and addresses are logged."""
    try:
        found = suggest_clients(
            caller=current_caller(request), search=request.POST.get("search", ""), limit=MAX_CLIENT_SUGGESTIONS
        )
    except InvalidInput:
        found = []  # the text is longer than any name
    return JsonResponse({"clients": [describe_client(client) for client in found]})


def describe_client(client: Client) -> dict[str, Any]:
    return {"id": client.pk, "name": client.name, "email": client.user.email, "phone": client.phone}


def add_client(request: HttpRequest) -> JsonResponse:
    """Adds a client and its account."""
    return call_command(request, create_client, AddClientForm, lambda client: f"{client.name} was added.")
