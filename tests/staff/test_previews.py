"""A file that was previewed and not imported: kept for minutes, and no longer than the people in it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from reservation.domain.client import update_client
from reservation.domain.erasure import erase_client
from reservation.domain.session import PREVIEW_PREFIX, delete_previews
from reservation.models import Client, User
from tests.factories import NOW, caller, make_client, make_user
from tests.groups import MANAGER, make_member
from tests.reservation.domain.test_erasure import database_text
from tests.staff.test_transfer import CLIENTS, accept, upload

pytestmark = pytest.mark.django_db

CANARY = "quartz.canary"
FILE = f"email,name,phone\n{CANARY}@example.com,Cleo {CANARY},1\n"
MINUTES = timedelta(minutes=10)


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.force_login(make_member(MANAGER))
    return client


def previews() -> int:
    return Session.objects.filter(pk__startswith=PREVIEW_PREFIX).count()


def messages_of(response: Any) -> list[str]:
    return [message.message for message in get_messages(response.wsgi_request)]


def test_no_copy_of_an_erased_person_is_left_and_the_preview_brings_nobody_back(manager: Browser) -> None:
    person = make_client(user=make_user(email=f"{CANARY}@example.com"), name=f"Cleo {CANARY}")
    shown = upload(manager, FILE)
    assert "confirm_form" in shown.context
    erase_client(caller=caller(person), client_id=person.pk, now=NOW)
    assert CANARY not in database_text()
    response = accept(manager, shown)
    assert messages_of(response) == ["Nothing was imported: the preview has expired. Upload the file again."]
    assert CANARY not in database_text()
    assert not User.objects.filter(email__contains=CANARY).exists()


def test_retention_and_logging_out_delete_it(manager: Browser) -> None:
    upload(manager, FILE)
    assert previews() == 1
    call_command("apply_retention")
    assert (previews(), CANARY in database_text()) == (0, False)
    upload(manager, FILE)
    other = Browser()
    other.force_login(make_member(MANAGER))
    upload(other, FILE)
    assert manager.post(reverse("admin:logout")).status_code == 200
    assert previews() == 1, "that of the other member of staff"
    delete_previews()
    assert CANARY not in database_text()


def test_it_lasts_for_minutes(manager: Browser) -> None:
    before = timezone.now()
    shown = upload(manager, FILE)
    stored = Session.objects.get(pk__startswith=PREVIEW_PREFIX)
    assert before + MINUTES <= stored.expire_date <= timezone.now() + MINUTES
    Session.objects.filter(pk=stored.pk).update(expire_date=before)
    assert messages_of(accept(manager, shown)) == [
        "Nothing was imported: the preview has expired. Upload the file again."
    ]


def test_each_user_has_one_at_most_and_none_that_cannot_be_imported(manager: Browser) -> None:
    upload(manager, FILE)
    upload(manager, FILE)
    assert previews() == 1
    delete_previews()
    upload(manager, f"email,name\n{CANARY}@example.com,\n")
    assert (previews(), CANARY in database_text()) == (0, False)


def test_it_is_of_its_user_alone(manager: Browser) -> None:
    shown = upload(manager, FILE)
    other = Browser()
    other.force_login(make_member(MANAGER))
    assert accept(other, shown).url == f"{CLIENTS}import/"
    assert (Client.objects.count(), previews()) == (0, 1)


@pytest.mark.parametrize(
    "tampered",
    [
        {"format": "99"},
        {"format": "x"},
        {"resource": "99"},
        {"import_file_name": ""},
        {"import_file_name": "import-1"},
        {"import_file_name": "\0"},
        {"original_file_name": ""},
    ],
)
def test_a_tampered_confirmation_imports_nothing(tampered: dict[str, str], manager: Browser) -> None:
    shown = upload(manager, FILE)
    response = manager.post(f"{CLIENTS}process_import/", {**shown.context["confirm_form"].initial, **tampered})
    assert (response.status_code, response.headers.get("Location")) == (302, f"{CLIENTS}import/")
    assert Client.objects.count() == 0


def test_what_somebody_has_changed_since_the_preview_is_not_undone(manager: Browser) -> None:
    person = make_client(user=make_user(email=f"{CANARY}@example.com"), name=f"Cleo {CANARY}")
    Client.objects.update(phone="1")
    shown = upload(manager, FILE)
    assert [row.import_type for row in shown.context["result"].rows] == ["skip"]
    update_client(caller=caller(person), client_id=person.pk, phone="2", now=NOW)
    assert messages_of(accept(manager, shown)) == [
        "Nothing was imported: the data has changed since the preview. Upload the file again."
    ]
    person.refresh_from_db()
    assert person.phone == "2"


def test_a_change_of_what_the_file_does_not_have_is_no_obstacle(manager: Browser) -> None:
    person = make_client(user=make_user(email=f"{CANARY}@example.com"), name="Before")
    shown = upload(manager, f"email,name\n{CANARY}@example.com,After\n")
    update_client(caller=caller(person), client_id=person.pk, phone="2", now=NOW)
    assert accept(manager, shown).url == CLIENTS
    person.refresh_from_db()
    assert (person.name, person.phone) == ("After", "2")
