"""The permissions of the calendar: what a user may not do is neither shown nor done."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from reservation.models import Provider, Reservation
from tests.factories import make_client, make_hold, make_user
from tests.rows import all_rows
from tests.staff.calendar import ALL, LOOK, at, make_practice, permit

pytestmark = pytest.mark.django_db

WORK, RESERVE, SEARCH, ADD = "change_reservation", "add_reservation", "view_client", "add_client"
GET = {
    "": LOOK,
    "grid/": LOOK,
    "providers/": LOOK,
    "appointments/{appointment}/": LOOK,
    "reservations/{reservation}/": LOOK,
    "reservations/{reservation}/move/": (*LOOK, WORK),
    "reservations/{reservation}/times/?providers={provider}": (*LOOK, WORK),
}
POST = {
    "clients/": (*LOOK, SEARCH),
    "clients/add/": (*LOOK, ADD),
    "reserve/": (*LOOK, RESERVE),
    **{
        f"reservations/{{reservation}}/{step}/": (*LOOK, WORK)
        for step in ("confirm", "cancel", "reschedule", "complete", "mark_no_show")
    },
}


@pytest.fixture
def hold(db: None) -> Reservation:
    provider = make_practice()
    return make_hold(provider=provider, client=make_client(name="Cleo"), starts_at=at(8), now=timezone.now())


def path_of(path: str, hold: Reservation) -> str:
    ids = {"reservation": hold.pk, "provider": hold.provider_id, "appointment": hold.appointments.get().pk}
    return f"/admin/calendar/{path.format(**ids)}"


@pytest.mark.parametrize(("path", "needed"), [*GET.items(), *POST.items()])
def test_each_permission_is_required(path: str, needed: tuple[str, ...], client: Browser, hold: Reservation) -> None:
    call, other = (client.get, client.post) if path in GET else (client.post, client.get)
    for missing in needed:
        client.force_login(permit(*(one for one in ALL if one != missing)))
        before = all_rows()
        assert call(path_of(path, hold)).status_code == 403
        assert all_rows() == before
    client.force_login(permit(*needed))
    assert call(path_of(path, hold)).status_code == 200
    assert other(path_of(path, hold)).status_code == 405


@pytest.mark.parametrize("path", [*GET, *POST])
def test_it_requires_staff_that_has_logged_in(path: str, client: Browser, hold: Reservation) -> None:
    call = client.get if path in GET else client.post
    log_in = f"/admin/login/?next={path_of(path, hold).replace('?', '%3F').replace('=', '%3D')}"
    assert call(path_of(path, hold)).url == log_in
    client.force_login(make_user())
    assert call(path_of(path, hold)).url == log_in


def text_of(client: Browser, path: str, hold: Reservation, *permissions: str) -> str:
    client.force_login(permit(*permissions))
    return client.get(path_of(path, hold)).content.decode()


def test_a_viewer_sees_no_control_and_no_email(client: Browser, hold: Reservation) -> None:
    page = text_of(client, "", hold, *LOOK)
    assert "data-may-work" not in page
    assert "data-may-reserve" not in page
    panel = text_of(client, "reservations/{reservation}/", hold, *LOOK)
    assert "Cleo" in panel
    assert "<form" not in panel
    assert "data-move" not in panel
    assert hold.client.user.email not in panel.replace(hold.client.user.email + "</small>", "")


def test_a_user_who_may_change_sees_the_possible_actions(client: Browser, hold: Reservation) -> None:
    panel = text_of(client, "reservations/{reservation}/", hold, *LOOK, WORK)
    assert [step in panel for step in ("/confirm/", "/cancel/", "data-move", "/complete/", "/mark_no_show/")] == [
        *(True, True, True),
        *(False, False),
    ]


@pytest.mark.parametrize(
    ("permissions", "shown"),
    [
        ((), (False, False, False)),
        ((RESERVE,), (False, False, False)),
        ((RESERVE, SEARCH), (True, True, False)),
        ((RESERVE, ADD), (True, False, True)),
        ((RESERVE, SEARCH, ADD), (True, True, True)),
        ((WORK, SEARCH, ADD), (False, False, False)),
    ],
)
def test_reserving_requires_a_client_that_is_found_or_added(
    permissions: tuple[str, ...], shown: tuple[bool, ...], client: Browser, hold: Reservation
) -> None:
    slot = Provider.objects.get().appointments.earliest("starts_at")
    client.force_login(permit(*LOOK, *permissions))
    form = client.get(f"/admin/calendar/appointments/{slot.pk}/").content.decode()
    assert tuple(word in form for word in ("data-reserve", "data-clients", "New client")) == shown


def test_a_service_for_which_there_is_no_room_cannot_be_chosen(client: Browser, hold: Reservation) -> None:
    last = hold.provider.appointments.get(starts_at=at(7))
    client.force_login(permit(*ALL))
    form = client.get(f"/admin/calendar/appointments/{last.pk}/").content.decode()
    assert "Check-up (15 min)</option>" in form
    assert "Consultation (30 min): no room</option>" in form
    taken = hold.appointments.get()
    assert "has been taken meanwhile" in client.get(f"/admin/calendar/appointments/{taken.pk}/").content.decode()
