"""withdrawAppointments: a provider or staff withdraw open appointments."""

from datetime import timedelta

import pytest

from reservation.models import Appointment, Reservation
from tests.api.mutation.conftest import Change, Refuse
from tests.factories import NOW, TOMORROW, make_appointments
from tests.practice import PEOPLE, Practice, gid

DAY = {"startsAt": "2030-01-02T12:00:00Z", "endsAt": "2030-01-02T16:00:00Z"}
MAY = ("provider", "staff")


@pytest.mark.parametrize("who", MAY)
def test_the_provider_and_staff_withdraw_open_appointments(who: str, changes: Change, practice: Practice) -> None:
    others = make_appointments(practice.other_provider, number=4)
    payload = changes("withdrawAppointments", caller=practice.who(who), providerId=gid(practice.provider), **DAY)
    assert payload == {"withdrawnCount": 12}
    left = Appointment.objects.order_by("pk")
    assert list(left) == [*practice.slots[0:2], *practice.slots[4:6], *others]


@pytest.mark.parametrize("who", [name for name in PEOPLE if name not in (*MAY, "nobody")])
def test_others_may_not_withdraw_appointments(who: str, refuse: Refuse, practice: Practice) -> None:
    code = refuse("withdrawAppointments", caller=practice.who(who), providerId=gid(practice.provider), **DAY)
    assert code == ("FORBIDDEN", ["providerId"])


def test_the_interval_is_half_open(changes: Change, practice: Practice) -> None:
    changes(
        "withdrawAppointments",
        caller=practice.staff,
        providerId=gid(practice.provider),
        startsAt="2030-01-02T14:15:00Z",
        endsAt="2030-01-02T14:45:00Z",
    )
    assert [slot for slot in practice.slots if not Appointment.objects.filter(pk=slot.pk)] == practice.slots[9:11]


def test_withdrawing_twice_is_harmless(changes: Change, practice: Practice) -> None:
    given = {"caller": practice.staff, "providerId": gid(practice.provider), **DAY}
    assert changes("withdrawAppointments", **given) == {"withdrawnCount": 12}
    assert changes("withdrawAppointments", **given) == {"withdrawnCount": 0}


def test_appointments_of_expired_holds_are_withdrawn(changes: Change, practice: Practice) -> None:
    given = {"caller": practice.staff, "now": NOW + timedelta(minutes=30), "providerId": gid(practice.provider)}
    assert changes("withdrawAppointments", **given, **DAY) == {"withdrawnCount": 14}
    assert Reservation.objects.get(pk=practice.hold.pk).status == "EXPIRED"
    assert list(Appointment.objects.all()) == practice.slots[4:6]
    assert Appointment.objects.filter(starts_at=TOMORROW).count() == 0
