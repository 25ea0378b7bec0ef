"""The command load_demo."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reservation.models import Appointment, Client, Provider, Reservation, Service
from tests.factories import make_provider, make_user
from tests.rows import all_rows

pytestmark = pytest.mark.django_db


def run(**options: Any) -> str:
    output = StringIO()
    call_command("load_demo", stdout=output, verbosity=0, **{"providers": 2, "days": 7, **options})
    return output.getvalue()


def test_load_demo_fills_an_empty_database_and_reports_the_counts() -> None:
    output = run()
    appointments, reservations = Appointment.objects.count(), Reservation.objects.count()
    assert output == f"Loaded {appointments:,} appointments and {reservations:,} reservations.\n"
    assert (Provider.objects.count(), Client.objects.count(), Service.objects.count()) == (2, 20, 4)
    assert appointments == 2 * 5 * 32  # two providers, five workdays in any seven days, 9 to 17 in quarter hours
    assert 0 < reservations < appointments
    call_command("verify_reservations", stdout=StringIO())


@pytest.mark.parametrize("make", [make_provider, make_user])
def test_load_demo_refuses_a_database_that_is_not_empty(make: Any) -> None:
    make()
    before = all_rows()
    with pytest.raises(CommandError, match=r"^The database is not empty: demo data is for an empty one\.$"):
        run()
    assert all_rows() == before


def test_load_demo_if_empty_loads_once() -> None:
    run(if_empty=True)
    before = all_rows()
    assert run(if_empty=True) == "Already loaded.\n"
    assert all_rows() == before


def test_load_demo_takes_its_sizes_from_the_command_line() -> None:
    call_command("load_demo", "--providers=1", "--days=7", "--booked=0", stdout=StringIO(), verbosity=0)
    assert (Provider.objects.count(), Appointment.objects.count(), Reservation.objects.count()) == (1, 5 * 32, 0)


@pytest.mark.parametrize(
    "option",
    ["--booked=1.5", "--booked=-0.1", "--booked=nan", "--booked=half", "--providers=0", "--days=0", "--days=x"],
)
def test_load_demo_refuses_an_invalid_option(option: str) -> None:
    before = all_rows()
    with pytest.raises(CommandError):
        call_command("load_demo", option, verbosity=0)
    assert all_rows() == before
