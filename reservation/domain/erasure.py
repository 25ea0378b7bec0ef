"""Forgetting people: what they were part of stays on the calendar, under one client that is nobody."""

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
from reservation.domain.errors import Forbidden, NotFound
from reservation.domain.expiry import expire
from reservation.domain.lease import serialise_client
from reservation.domain.permissions import Permission
from reservation.domain.reservation import cancel
from reservation.domain.session import sessions_of
from reservation.domain.transaction import Conflict
from reservation.domain.transition import InvalidTransition
from reservation.models import Client, Reservation, ReservationEvent, User
from reservation.policy import ERASED_EMAIL, MOVABLE

ERASED_NAME = "Erased client"


class MoreThanAClient(Forbidden):
    """The account is a provider's or staff's too, and what hangs on it is not its own alone."""


@command(result=int)
def erase_client(*, caller: Caller, client_id: int, now: datetime) -> int:
    """Delete a client and its account for good; answers how many reservations it leaves, of nobody.

    The client itself and staff may. What lies ahead is cancelled, whatever the notice, so that its time is open again.
    Raises NotFound, Forbidden and MoreThanAClient.
    """
    client = client_for(caller, client_id, permission=Permission.ERASE_CLIENT)
    if client.user.email == ERASED_EMAIL:
        return 0
    user = User.objects.select_for_update().filter(pk=client.user_id).first()  # nobody makes a provider of it meanwhile
    if user is None:
        raise NotFound("client", field="client_id")
    if user.is_staff or user.is_superuser or hasattr(user, "provider"):
        raise MoreThanAClient("This account is a provider's or staff's too.", field="client_id")
    serialise_client(client_id)
    give_up(client, caller=caller, now=now)
    forgotten = forget(Reservation.objects.filter(client=client).values_list("pk", flat=True), now=now)
    forget_account(user, client, now=now)
    return forgotten


def give_up(client: Client, *, caller: Caller, now: datetime) -> None:
    """Cancel what has not begun, and write down which holds have lapsed."""
    expire(client.reservations.lapsed_at(now).values_list("pk", flat=True), now=now)
    ahead = client.reservations.filter(status__in=MOVABLE, starts_at__gt=now)
    in_staffs_right = replace(caller, is_staff=True, is_superuser=True)  # or the client's own notice would keep it here
    for reservation_id in ahead.order_by("pk").values_list("pk", flat=True):
        try:
            cancel(caller=in_staffs_right, reservation_id=reservation_id, now=now)
        except InvalidTransition as quicker:
            raise Conflict from quicker


def forget(reservation_ids: Iterable[int], *, now: datetime) -> int:
    """Make these reservations nobody's, without a word that anybody wrote; answers how many.

    Their texts go, and their events no longer tell what was the client's own doing. Call it in a transaction.
    """
    reservations = Reservation.objects.filter(pk__in=list(reservation_ids))
    owners = dict(reservations.values_list("pk", "client__user_id"))
    nobody = erased_client(now=now)
    forgotten = reservations.filter(pk__in=owners).update(client=nobody, note="", cancel_reason=None)
    events = ReservationEvent.objects.filter(reservation_id__in=owners)
    own = [
        pk
        for pk, reservation_id, user_id in events.values_list("pk", "reservation_id", "user_id")
        if user_id == owners[reservation_id]
    ]
    ReservationEvent.objects.filter(pk__in=own).update(user_id=nobody.user_id)
    return forgotten


def forget_account(user: User, client: Client, *, now: datetime) -> None:
    """Delete the account with everything that hangs on it, its sessions, and its name in staff's journal."""
    nobody = erased_client(now=now)
    Session.objects.filter(pk__in=[session.pk for session in sessions_of(user)]).delete()
    for person in (user, client):
        about = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(person), object_id=str(person.pk)
        )
        about.update(object_repr=ERASED_NAME)
    LogEntry.objects.filter(user=user).update(user=nobody.user_id)
    user.delete()


def erased_client(*, now: datetime) -> Client:
    """The client that is nobody. It is made when it is needed first; nobody can log in as it."""
    user, is_new = User.objects.get_or_create(
        email=ERASED_EMAIL, defaults={"is_active": False, "password": make_password(None), "date_joined": now}
    )
    return register_client(user=user, name=ERASED_NAME, now=now) if is_new else user.client
