"""For whom: clients as one types, and new ones."""

from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse

from reservation.domain.client import create_client
from reservation.domain.errors import InvalidInput
from reservation.domain.queries.clients import suggest_clients
from reservation.models import Client
from staff.base import current_caller
from staff.calendar.command import KeyForm, give

MAX_SUGGESTIONS = 10


class ClientForm(KeyForm):
    """How long each may be is the domain's."""

    name = forms.CharField()
    email = forms.CharField()
    phone = forms.CharField(required=False)


def search_clients(request: HttpRequest) -> JsonResponse:
    """Those who fit what has been typed so far. By POST: an address would tell logs of a person."""
    try:
        found = suggest_clients(
            caller=current_caller(request), search=request.POST.get("search", ""), limit=MAX_SUGGESTIONS
        )
    except InvalidInput:
        found = []  # longer than any name: nobody fits
    return JsonResponse({"clients": [describe(client) for client in found]})


def describe(client: Client) -> dict[str, Any]:
    return {"id": client.pk, "name": client.name, "email": client.user.email, "phone": client.phone}


def add_client(request: HttpRequest) -> JsonResponse:
    """A client who has no account yet."""
    return give(request, create_client, ClientForm, lambda client: f"{client.name} was added.")
