"""Erasing clients: their reservations stay on the calendar, under one client that stands for all erased ones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from reservation.domain.access import client_for
from reservation.domain.caller import Caller
from reservation.domain.client import register_client
from reservation.domain.command import command
from reservation.domain.errors import InvalidTransition, MoreThanAClient, NotFound
from reservation.domain.expiry import expire
from reservation.domain.lease import serialise_client
from reservation.domain.permissions import Permission
from reservation.domain.reservation import cancel
from reservation.domain.session import delete_previews, sessions_of
from reservation.domain.transaction import Conflict
from reservation.models import Client, Reservation, ReservationEvent, User
from reservation.policy import ERASED_EMAIL, MOVABLE

ERASED_NAME = "Erased client"


@command(result=int)
def erase_client(*, caller: Caller, client_id: int, now: datetime) -> int:
    """Delete a client and its account for good; returns how many reservations it leaves, anonymised.

    The client itself and staff may. Future reservations are cancelled, whatever the notice, so that their time is open.
    Raises NotFound, Forbidden and MoreThanAClient.
    """
    client = client_for(caller, client_id, permission=Permission.ERASE_CLIENT)
    if client.user.email == ERASED_EMAIL:
        return 0
    # Before the account is locked, as an import locks its preview before the accounts that it changes. All previews, as
    # one may name the client under another address, and its import would bring the client back.
    delete_previews()
    # Locked, so that no provider is created for the account meanwhile.
    user = User.objects.select_for_update().filter(pk=client.user_id).first()
    if user is None:
        raise NotFound("client", field="client_id")
    if user.is_staff or user.is_superuser or hasattr(user, "provider"):
        raise MoreThanAClient
    serialise_client(client_id)
    cancel_ahead(client, caller=caller, now=now)
    anonymised = anonymise(Reservation.objects.filter(client=client).values_list("pk", flat=True), now=now)
    delete_account(user, client, now=now)
    return anonymised


def cancel_ahead(client: Client, *, caller: Caller, now: datetime) -> None:
    """Cancel the client's future reservations, and expire its holds that have lapsed. Raises Conflict."""
    reservations = Reservation.objects.filter(client=client)
    expire(reservations.lapsed_at(now).values_list("pk", flat=True), now=now)
    ahead = reservations.filter(status__in=MOVABLE, starts_at__gt=now)
    as_superuser = replace(caller, is_staff=True, is_superuser=True)  # a client could not cancel within the notice
    for reservation_id in ahead.order_by("pk").values_list("pk", flat=True):
        try:
            cancel(caller=as_superuser, reservation_id=reservation_id, now=now)
        except InvalidTransition as error:
            raise Conflict from error  # it was cancelled or expired meanwhile: retry


def anonymise(reservation_ids: Iterable[int], *, now: datetime) -> int:
    """Move these reservations to the erased client, and delete their texts; returns how many.

    Their events no longer name the client's account as the one that made a change. Call it in a transaction.
    """
    reservations = Reservation.objects.filter(pk__in=list(reservation_ids))
    owners = dict(reservations.values_list("pk", "client__user_id"))
    erased = erased_client(now=now)
    anonymised = reservations.filter(pk__in=owners).update(client=erased, note="", cancel_reason=None)
    events = ReservationEvent.objects.filter(reservation_id__in=owners)
    own = [
        pk
        for pk, reservation_id, user_id in events.values_list("pk", "reservation_id", "user_id")
        if user_id == owners[reservation_id]
    ]
    ReservationEvent.objects.filter(pk__in=own).update(user_id=erased.user_id)
    return anonymised


def delete_account(user: User, client: Client, *, now: datetime) -> None:
    """Delete the account with all rows that refer to it, its sessions, and its name in the admin's log."""
    erased = erased_client(now=now)
    Session.objects.filter(pk__in=[session.pk for session in sessions_of(user)]).delete()
    for person in (user, client):
        about = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(person), object_id=str(person.pk)
        )
        about.update(object_repr=ERASED_NAME)
    LogEntry.objects.filter(user=user).update(user=erased.user_id)
    user.delete()


def erased_client(*, now: datetime) -> Client:
    """The client that stands for all erased ones, created when it is first needed. Its account cannot log in."""
    user, is_new = User.objects.get_or_create(
        email=ERASED_EMAIL, defaults={"is_active": False, "password": make_password(None), "date_joined": now}
    )
    return register_client(user=user, name=ERASED_NAME, now=now) if is_new else user.client
