"""Registering, adding and changing clients."""

from datetime import datetime

from reservation.domain.access import client_for
from reservation.domain.account import new_account, open_account
from reservation.domain.caller import Caller
from reservation.domain.command import command
from reservation.domain.permissions import Permission
from reservation.domain.validation import check_fields, set_given
from reservation.models import Client, User


def register_client(*, user: User, name: str, time_zone: str | None = None, now: datetime) -> Client:
    """Create the client of a new account. Call it in the transaction that creates the account.

    Raises InvalidInput.
    """
    client = Client(user=user, name=name, created_at=now)
    changed = set_given(client, time_zone=time_zone)
    check_fields(client, {"name", *changed})
    client.save(force_insert=True)
    return client


@command(result=Client)
def create_client(
    *,
    caller: Caller,
    name: str,
    email: str,
    phone: str | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Client:
    """Add a client and its account, which gets its password by a reset; staff only.

    Raises Forbidden, InvalidInput and EmailTaken.
    """
    caller.require(Permission.ADD_CLIENT)
    user = new_account(email)
    client = Client(user=user, name=name, created_at=now)
    changed = set_given(client, phone=phone, time_zone=time_zone)
    check_fields(client, {"name", *changed})
    open_account(user)
    client.save(force_insert=True)
    return client


@command(result=Client)
def update_client(
    *,
    caller: Caller,
    client_id: int,
    name: str | None = None,
    phone: str | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Client:
    """Change what is given; the client itself and staff may.

    Raises NotFound, Forbidden and InvalidInput.
    """
    client = client_for(caller, client_id, permission=Permission.CHANGE_CLIENT)
    changed = set_given(client, name=name, phone=phone, time_zone=time_zone)
    check_fields(client, changed)
    client.save(update_fields=changed)
    return client
