"""Forms write what their user has changed, and ask again about what somebody else has changed as well."""

import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from reservation.domain.client import update_client
from reservation.domain.provider import update_provider
from reservation.domain.service import update_service
from reservation.models import Client, Provider, User
from staff import base
from tests.factories import NOW, caller, make_client, make_provider, make_service, make_user, staff
from tests.staff.forms import form_on, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Browser) -> Browser:
    """A browser in which a superuser has logged in."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def messages_of(response: Any) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in get_messages(response.wsgi_request)]


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_a_provider_who_was_taken_off_meanwhile_stays_off(browser: Browser) -> None:
    provider = make_provider(bio="Old.")
    form = opened(browser, page_of(provider), with_field="bio")
    update_provider(caller=staff(), provider_id=provider.pk, is_active=False, now=NOW)
    response = browser.post(page_of(provider), {**form, "bio": "New."})
    assert response.status_code == 302
    provider.refresh_from_db()
    assert (provider.bio, provider.is_active) == ("New.", False)
    assert ("warning", "Meanwhile somebody else has changed: is active. That was kept.") in messages_of(response)


def test_a_telephone_number_that_the_client_sets_meanwhile_is_kept(browser: Browser) -> None:
    client = make_client(name="Jo")
    form = opened(browser, page_of(client), with_field="phone")
    update_client(caller=caller(client), client_id=client.pk, phone="0123", now=NOW)
    assert browser.post(page_of(client), {**form, "name": "Joanna"}).status_code == 302
    client.refresh_from_db()
    assert (client.name, client.phone) == ("Joanna", "0123")


def test_a_field_that_both_have_changed_is_asked_about_again_and_nothing_is_lost(browser: Browser) -> None:
    service = make_service(name="Cut", description="Old.", duration_minutes=15)
    form = opened(browser, page_of(service), with_field="description")
    update_service(caller=staff(), service_id=service.pk, description="Theirs\nin two lines.", name="Trim", now=NOW)
    mine = {**form, "description": "Mine.", "duration_minutes": "30"}
    response = browser.post(page_of(service), mine)
    assert errors_of(response) == {
        "description": [
            "Somebody else has changed this since you opened the page: it is now “Theirs\nin two lines.”. "
            "Save again to replace that with your entry."
        ]
    }
    service.refresh_from_db()
    assert (service.name, service.description, service.duration_minutes) == ("Trim", "Theirs\nin two lines.", 15)
    again = form_on(response, with_field="description")
    assert (again["description"], again["duration_minutes"], again["name"]) == (["Mine."], ["30"], ["Trim"])
    assert browser.post(page_of(service), again).status_code == 302
    service.refresh_from_db()
    assert (service.name, service.description, service.duration_minutes) == ("Trim", "Mine.", 30)


def test_a_change_between_the_question_and_the_answer_is_asked_about_once_more(browser: Browser) -> None:
    service = make_service(name="Cut")
    form = opened(browser, page_of(service), with_field="name")
    update_service(caller=staff(), service_id=service.pk, name="Trim", now=NOW)
    again = form_on(browser.post(page_of(service), {**form, "name": "Shave"}), with_field="name")
    update_service(caller=staff(), service_id=service.pk, name="Clip", now=NOW)
    assert "it is now “Clip”." in str(errors_of(browser.post(page_of(service), again)))


def test_the_same_change_by_both_is_no_conflict(browser: Browser) -> None:
    service = make_service(name="Cut")
    form = opened(browser, page_of(service), with_field="name")
    update_service(caller=staff(), service_id=service.pk, name="Trim", now=NOW)
    assert browser.post(page_of(service), {**form, "name": "Trim"}).status_code == 302


@pytest.mark.parametrize(
    ("field", "theirs", "mine"),
    [
        ("name", "Caf\u00e9", " Cafe\u0301\u200b"),
        ("description", "two\nlines", "two\r\nlines"),
        ("duration_minutes", 30, "030"),
        ("is_active", False, []),
    ],
)
def test_the_same_value_in_another_spelling_is_no_conflict(
    field: str, theirs: Any, mine: Any, browser: Browser
) -> None:
    service = make_service(duration_minutes=15)
    form = opened(browser, page_of(service), with_field="name")
    update_service(caller=staff(), service_id=service.pk, now=NOW, **{field: theirs})
    assert browser.post(page_of(service), {**form, field: mine}).status_code == 302
    service.refresh_from_db()
    assert str(getattr(service, field)).replace("\r\n", "\n") == str(theirs)


def test_a_switch_that_both_have_changed_is_shown_as_entered(browser: Browser) -> None:
    provider = make_provider(name="Anna", is_active=True)
    form = opened(browser, page_of(provider), with_field="name")
    Provider.objects.update(name="Anne", is_active=False)
    again = form_on(browser.post(page_of(provider), {**form, "name": "Ann"}), with_field="name")
    assert "is_active" not in again, "a field that the user has not touched shows the present value"
    assert browser.post(page_of(provider), again).status_code == 302
    provider.refresh_from_db()
    assert (provider.name, provider.is_active) == ("Ann", False)


@pytest.mark.parametrize("had_any", [True, False])
def test_services_that_were_added_meanwhile_stay(had_any: bool, browser: Browser) -> None:
    cut, beard = make_service(name="Cut"), make_service(name="Beard")
    provider = make_provider(services=(cut,) if had_any else ())
    form = opened(browser, page_of(provider), with_field="bio")
    update_provider(caller=staff(), provider_id=provider.pk, service_ids=[cut.pk, beard.pk], now=NOW)
    assert browser.post(page_of(provider), {**form, "bio": "New."}).status_code == 302
    assert set(provider.services.all()) == {cut, beard}


def test_services_that_both_have_changed_are_asked_about(browser: Browser) -> None:
    cut, beard, perm = make_service(name="Cut"), make_service(name="Beard"), make_service(name="Perm")
    provider = make_provider(services=(cut,))
    form = opened(browser, page_of(provider), with_field="bio")
    update_provider(caller=staff(), provider_id=provider.pk, service_ids=[beard.pk], now=NOW)
    response = browser.post(page_of(provider), {**form, "services": [str(cut.pk), str(perm.pk)]})
    assert "it is now “Beard”." in str(errors_of(response))
    assert set(provider.services.all()) == {beard}
    again = form_on(response, with_field="bio")
    assert again["services"] == [str(cut.pk), str(perm.pk)]
    assert browser.post(page_of(provider), again).status_code == 302
    assert set(provider.services.all()) == {cut, perm}


def test_roles_a_password_and_an_address_that_were_changed_meanwhile_stay(browser: Browser) -> None:
    user = make_user(email="old@example.com", is_staff=True, is_superuser=True)
    form = opened(browser, page_of(user), with_field="email")
    User.objects.filter(pk=user.pk).update(is_superuser=False, password="a new hash")
    user.groups.add(group := Group.objects.create(name="Some"))
    EmailAddress.objects.create(user=user, email="pending@example.com")
    form.pop("is_active")
    assert browser.post(page_of(user), form).status_code == 302
    user.refresh_from_db()
    assert (user.is_active, user.is_superuser, user.password) == (False, False, "a new hash")
    assert list(user.groups.all()) == [group]
    assert EmailAddress.objects.filter(user=user).exists(), "an address that waits for its verification is kept"


def test_a_role_that_both_have_changed_is_asked_about(browser: Browser) -> None:
    user = make_user(is_staff=True)
    form = opened(browser, page_of(user), with_field="email")
    user.groups.add(mine := Group.objects.create(name="Mine"))
    response = browser.post(page_of(user), {**form, "groups": [str(Group.objects.create(name="Other").pk)]})
    assert "it is now “Mine”." in str(errors_of(response))
    assert list(user.groups.all()) == [mine]


def test_permissions_that_a_group_got_meanwhile_stay(browser: Browser) -> None:
    group = Group.objects.create(name="Some")
    form = opened(browser, page_of(group), with_field="name")
    group.permissions.add(permission := Permission.objects.get(codename="view_client"))
    assert browser.post(page_of(group), {**form, "name": "Others"}).status_code == 302
    group.refresh_from_db()
    assert (group.name, list(group.permissions.all())) == ("Others", [permission])


def test_a_new_password_changes_nothing_else(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the account and saving the password, another session takes the role away."""
    user = make_user(is_staff=True, is_superuser=True)
    set_password = User.set_password

    def demote_and_set(self: User, text: str) -> None:
        User.objects.filter(pk=self.pk).update(is_superuser=False)
        set_password(self, text)

    monkeypatch.setattr(User, "set_password", demote_and_set)
    words = {"password1": "battery-staple-7", "password2": "battery-staple-7"}
    page = reverse("admin:auth_user_password_change", args=[user.pk])
    assert browser.post(page, {**words, "usable_password": "true"}).status_code == 302
    user.refresh_from_db()
    assert (user.is_superuser, user.check_password("battery-staple-7")) == (False, True)


def test_a_form_without_hidden_values_writes_what_it_sends(browser: Browser) -> None:
    client = make_client(name="Jo")
    assert browser.post(page_of(client), {"name": "Joanna", "phone": "1", "time_zone": "UTC"}).status_code == 302
    assert Client.objects.filter(name="Joanna", phone="1").exists()


@pytest.mark.django_db(transaction=True)
def test_two_sessions_at_once_lose_neither_change(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second session writes while the first one is between its comparison and its save, and has to wait."""
    client.force_login(make_user(is_staff=True, is_superuser=True))
    provider, by = make_provider(name="Anna", bio="Old.", is_active=True), staff()
    form = opened(client, page_of(provider), with_field="bio")
    save, second = base.save_changed_fields, threading.Event()

    def take_off() -> None:
        try:
            update_provider(caller=by, provider_id=provider.pk, is_active=False, name="Anne", now=NOW)
        finally:
            second.set()
            connection.close()

    other = threading.Thread(target=take_off)

    def save_while_another_writes(*arguments: Any) -> None:
        other.start()
        assert not second.wait(0.3), "the row is locked until the first session has saved"
        save(*arguments)

    monkeypatch.setattr(base, "save_changed_fields", save_while_another_writes)
    assert client.post(page_of(provider), {**form, "bio": "New."}).status_code == 302
    other.join(60)
    assert not transaction.get_connection().in_atomic_block
    provider.refresh_from_db()
    assert (provider.bio, provider.name, provider.is_active) == ("New.", "Anne", False)
