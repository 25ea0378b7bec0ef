"""The page of a client: export and erasure of personal data."""

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client as Browser
from django.urls import reverse

from reservation.models import Client, User
from tests.factories import make_booking, make_client, make_provider, make_user
from tests.reservation.domain.people import EMAIL, make_person
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

LIST = "admin:reservation_client_changelist"
EXPORT, ERASE = {"action": "export_personal_data"}, {"action": "erase_personal_data"}
CONFIRMED = {**ERASE, "confirmed": "yes"}


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def choose(browser: Browser, action: dict[str, str], *chosen: Client) -> Any:
    """Choose the action for these clients."""
    return browser.post(reverse(LIST), {**action, "_selected_action": [client.pk for client in chosen]})


def messages_of(response: Any) -> list[str]:
    """The messages of the next page."""
    return [message.message for message in get_messages(response.wsgi_request)]


def permit(*permissions: str) -> User:
    """A member of staff with these permissions, and no others."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def test_the_data_of_the_chosen_clients_is_a_file(browser: Browser) -> None:
    people = [make_person(), make_client(name="Dora")]
    before = all_rows()
    response = choose(browser, EXPORT, *people)
    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="personal-data-')
    emails = {one["client"]["id"]: one["account"]["email"] for one in json.loads(response.content)}
    assert emails == {person.pk: person.user.email for person in people}
    assert all_rows() == before


def test_erasing_asks_first_and_changes_nothing_before(browser: Browser) -> None:
    client = make_person()
    before = all_rows()
    response = choose(browser, ERASE, client)
    page = response.content.decode()
    assert (response.status_code, all_rows()) == (200, before)
    assert f"<bdi>Cleo Quartz</bdi> ({EMAIL})" in page
    assert f'<input type="hidden" name="_selected_action" value="{client.pk}">' in page
    assert '<input type="hidden" name="action" value="erase_personal_data">' in page
    assert "csrfmiddlewaretoken" in page


def test_erasing_calls_the_command_and_is_logged_without_the_name(browser: Browser) -> None:
    client = make_person()
    make_booking(client=client)
    response = choose(browser, CONFIRMED, client)
    assert (response.status_code, messages_of(response)) == (302, ["Erased: 1."])
    assert list(Client.objects.values_list("name", flat=True)) == ["Erased client"]
    entry = LogEntry.objects.latest("pk")
    assert (entry.user_id, entry.object_id, entry.object_repr, entry.is_deletion()) == (
        User.objects.get(is_superuser=True).pk,
        str(client.pk),
        "Erased client",
        True,
    )


def test_erasing_shows_refusals_and_erases_the_others(browser: Browser) -> None:
    both, client = make_client(user=make_provider().user, name="Both"), make_person()
    response = choose(browser, CONFIRMED, both, client)
    refusal = "<bdi>Both</bdi>: This account is a provider&#x27;s or staff&#x27;s too."
    assert messages_of(response) == [refusal, "Erased: 1."]
    assert list(Client.objects.values_list("name", flat=True)) == ["Both", "Erased client"]


def test_both_actions_are_on_the_page_of_a_client(browser: Browser) -> None:
    client = make_person()
    page = browser.get(reverse("admin:reservation_client_change", args=[client.pk])).content.decode()
    assert f'<form method="post" action="{reverse(LIST)}" class="page-tools"><input type="hidden" name="csrf' in page
    for action in (EXPORT, ERASE):
        assert f'<button type="submit" name="action" value="{action["action"]}"' in page


def test_a_forged_form_is_refused() -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    client = make_person()
    before = all_rows()
    assert choose(browser, CONFIRMED, client).status_code == 403
    assert all_rows() == before


@pytest.mark.parametrize("action", [EXPORT, CONFIRMED])
def test_a_viewer_may_do_neither(action: dict[str, str], client: Browser) -> None:
    person = make_person()
    client.force_login(permit("view_client"))
    before = all_rows()
    response = choose(client, action, person)
    assert "personal-data" not in response.headers.get("Content-Disposition", "")
    assert all_rows() == before
    page = client.get(reverse("admin:reservation_client_change", args=[person.pk])).content.decode()
    assert "personal data" not in page


def test_each_requires_its_own_permission(client: Browser) -> None:
    person = make_person()
    client.force_login(permit("change_client", "export_client"))
    assert choose(client, EXPORT, person)["Content-Type"] == "application/json"
    choose(client, CONFIRMED, person)
    assert Client.objects.get() == person
    client.force_login(permit("view_client", "delete_client"))
    choose(client, CONFIRMED, person)
    assert not Client.objects.filter(pk=person.pk).exists()
