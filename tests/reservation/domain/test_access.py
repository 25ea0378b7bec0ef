"""Object-level access: which objects a caller may see, and which commands it may run on them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from reservation.domain.access import reservation_for, roles, visible_clients, visible_reservations
from reservation.domain.caller import ANONYMOUS, Caller
from reservation.domain.errors import Forbidden, InvalidInput, NotFound
from reservation.domain.queries.reservations import Reservations
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule
from reservation.models import Reservation
from reservation.policy import MAY, Action, Role, Status
from tests.factories import (
    NOW,
    TOMORROW,
    account,
    caller,
    make_appointments,
    make_booking,
    make_client,
    make_hold,
    make_provider,
    make_user,
    minutes,
    staff,
)
from tests.rows import refused

pytestmark = pytest.mark.django_db

COMMANDS: dict[Action, Callable[..., Reservation]] = {
    Action.CONFIRM: confirm,
    Action.CANCEL: cancel,
    Action.RESCHEDULE: reschedule,
    Action.COMPLETE: complete,
    Action.MARK_NO_SHOW: mark_no_show,
}

CALLERS: dict[Role, Callable[[Reservation], Caller]] = {
    Role.CLIENT: lambda reservation: caller(reservation.client),
    Role.PROVIDER: lambda reservation: caller(reservation.provider),
    Role.STAFF: lambda _: staff(),
}

STRANGERS: dict[str, Callable[[], Caller]] = {
    "another client": lambda: caller(make_client()),
    "another provider": lambda: caller(make_provider()),
    "an account without a role": lambda: account(make_user()),
}


def make_possible(action: Action) -> tuple[Reservation, dict[str, Any]]:
    """A reservation on which this action is possible, and the other arguments of its command."""
    if action is Action.CONFIRM:
        return make_hold(), {"now": NOW}
    booking = make_booking()
    if action is Action.RESCHEDULE:
        [later] = make_appointments(booking.provider, starts_at=TOMORROW + minutes(60))
        return booking, {"appointment_id": later.pk, "now": NOW}
    return booking, {"now": NOW if action is Action.CANCEL else TOMORROW}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_each_command_checks_the_role(action: Action, role: Role) -> None:
    reservation, arguments = make_possible(action)
    do, who = COMMANDS[action], CALLERS[role](reservation)
    if role in MAY[action]:
        assert do(caller=who, reservation_id=reservation.pk, **arguments).pk == reservation.pk
    else:
        with refused(Forbidden, field="reservation_id"):
            do(caller=who, reservation_id=reservation.pk, **arguments)


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("action", Action)
def test_every_command_hides_the_reservation_from_strangers(action: Action, stranger: str) -> None:
    reservation, arguments = make_possible(action)
    who = STRANGERS[stranger]()
    with refused(NotFound, field="reservation_id"):
        COMMANDS[action](caller=who, reservation_id=reservation.pk, **arguments)


@pytest.mark.parametrize("action", Action)
def test_every_command_refuses_an_unknown_reservation(action: Action) -> None:
    _, arguments = make_possible(action)
    who = staff()
    for reservation_id in (0, 2**63 - 1):
        with refused(NotFound, field="reservation_id"):
            COMMANDS[action](caller=who, reservation_id=reservation_id, **arguments)


def test_reservation_for_names_the_roles_that_may() -> None:
    hold = make_hold()
    with pytest.raises(Forbidden, match=r"^Only its client or staff may confirm a reservation\.$"):
        reservation_for(Action.CONFIRM, caller=caller(hold.provider), reservation_id=hold.pk)


def test_roles_of_one_person_add_up() -> None:
    hold = make_hold()
    everything = Caller(user_id=1, client_id=hold.client_id, provider_id=hold.provider_id, is_staff=True)
    assert roles(everything, hold) == set(Role)
    assert roles(Caller(user_id=1, client_id=hold.client_id + 1, provider_id=hold.provider_id + 1), hold) == set()
    assert roles(ANONYMOUS, hold) == set()


def test_reservations_are_visible_to_their_client_their_provider_and_staff() -> None:
    mine, other = make_hold(), make_hold()
    both = Caller(user_id=1, client_id=mine.client_id, provider_id=other.provider_id)
    assert list(visible_reservations(caller(mine.client))) == [mine]
    assert list(visible_reservations(caller(mine.provider))) == [mine]
    assert set(visible_reservations(both)) == {mine, other}
    assert set(visible_reservations(staff())) == {mine, other}
    assert list(visible_reservations(caller(make_client()))) == []
    assert list(visible_reservations(ANONYMOUS)) == []


def test_clients_are_visible_to_themselves_their_providers_and_staff() -> None:
    hold, stranger = make_hold(), make_client()
    assert list(visible_clients(caller(hold.client))) == [hold.client]
    assert list(visible_clients(caller(hold.provider))) == [hold.client]
    assert list(visible_clients(caller(make_provider()))) == []
    assert set(visible_clients(staff())) == {hold.client, stranger}
    assert list(visible_clients(ANONYMOUS)) == []


def test_reservations_combines_its_conditions() -> None:
    provider, client = make_provider(), make_client()
    first = make_hold(provider=provider, client=client)
    second = make_booking(provider=provider, starts_at=TOMORROW + minutes(15))
    third = make_booking(client=client, starts_at=TOMORROW + minutes(30))
    who = staff()

    def found(**conditions: Any) -> set[Reservation]:
        return set(Reservations.of(viewer=who, now=NOW, **conditions).queryset())

    assert found() == {first, second, third}
    assert found(provider_id=provider.pk) == {first, second}
    assert found(client_id=client.pk) == {first, third}
    assert found(client_id=client.pk, status=[Status.CONFIRMED]) == {third}
    assert found(starts_from=TOMORROW + minutes(15)) == {second, third}
    assert found(starts_from=TOMORROW + minutes(15), starts_before=TOMORROW + minutes(30)) == {second}
    assert found(status=[]) == set()
    assert found(status=[Status.PENDING, Status.CONFIRMED]) == {first, second, third}


def test_reservations_stays_within_what_the_caller_may_see() -> None:
    mine, other = make_hold(), make_hold()
    assert list(Reservations.of(viewer=caller(mine.client), now=NOW).queryset()) == [mine]
    assert list(Reservations.of(viewer=caller(mine.client), now=NOW, provider_id=other.provider_id).queryset()) == []


def test_reservations_sees_a_lapsed_hold_as_expired() -> None:
    hold, who = make_hold(), staff()
    for now, status in (
        (NOW + minutes(30) - timedelta(microseconds=1), Status.PENDING),
        (NOW + minutes(30), Status.EXPIRED),
    ):
        for filtered in Status:
            found = list(Reservations.of(viewer=who, now=now, status=[filtered]).queryset())
            assert found == ([hold] if filtered is status else [])


@pytest.mark.parametrize("length", [0, -15])
def test_reservations_refuses_an_interval_that_does_not_last(length: int) -> None:
    who = staff()
    with refused(InvalidInput, field="starts_before"):
        Reservations.of(viewer=who, now=NOW, starts_from=NOW, starts_before=NOW + minutes(length)).queryset()


def test_only_the_address_of_a_clients_account_is_read(django_assert_num_queries: Any) -> None:
    client = make_client()
    who = caller(client)
    with django_assert_num_queries(1):
        [found] = visible_clients(who)
        assert found.user.email == client.user.email
    assert found.get_deferred_fields() == set()
    assert "password" in found.user.get_deferred_fields()
