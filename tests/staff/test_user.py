"""Accounts and groups: only a superuser grants permissions, or changes an account that has any."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client as Browser
from django.urls import reverse

from reservation.models import User
from tests.factories import make_user
from tests.groups import MANAGER, make_member

pytestmark = pytest.mark.django_db

LIST = "admin:reservation_user_changelist"


@pytest.fixture
def clerk(client: Browser) -> Browser:
    """A browser of a member of staff with all permissions on accounts and groups, who is no superuser."""
    user = make_member(None, email="clerk@example.com")
    codes = [f"{action}_{noun}" for action in ("view", "add", "change", "delete") for noun in ("user", "group")]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    return client


def page_of(user: User) -> str:
    return reverse("admin:reservation_user_change", args=[user.pk])


def permissions_of(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    return user.is_staff, user.is_superuser, user.groups.count(), user.user_permissions.count()


def test_changing_an_account_grants_no_permissions(clerk: Browser) -> None:
    user = make_user(email="old@example.com")
    group, permission = Group.objects.create(name="All"), Permission.objects.get(codename="delete_client")
    fields = {"email": "new@example.com", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    answer = clerk.post(page_of(user), {**fields, "groups": [group.pk], "user_permissions": [permission.pk]})
    assert answer.status_code == 302
    assert User.objects.get(pk=user.pk).email == "new@example.com"
    assert permissions_of(user) == (False, False, 0, 0)


@pytest.mark.parametrize(
    "fields", [{"is_superuser": True}, {"is_staff": True}, {"is_staff": True, "is_superuser": True}]
)
def test_only_a_superuser_changes_an_account_with_permissions(fields: dict[str, bool], clerk: Browser) -> None:
    user = make_user(email="boss@example.com", password="correct-horse-9", **fields)
    assert clerk.get(page_of(user)).status_code == 200, "they see it"
    assert clerk.post(page_of(user), {"email": "mine@example.com"}).status_code == 403
    passwords = {"password1": "battery-staple-7", "password2": "battery-staple-7", "usable_password": "true"}
    password_page = reverse("admin:auth_user_password_change", args=[user.pk])
    assert clerk.post(password_page, passwords).status_code == 403
    assert clerk.post(reverse("admin:reservation_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403
    clerk.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"})
    unchanged = User.objects.get(pk=user.pk)
    assert (unchanged.email, unchanged.check_password("correct-horse-9")) == ("boss@example.com", True)


def test_the_own_account_is_no_exception(clerk: Browser) -> None:
    clerk_user = User.objects.get(email="clerk@example.com")
    before = permissions_of(clerk_user)
    assert clerk.post(page_of(clerk_user), {"email": "clerk@example.com", "is_superuser": "on"}).status_code == 403
    assert permissions_of(clerk_user) == before


def test_a_new_account_has_no_permissions(clerk: Browser) -> None:
    password = {"password1": "battery-staple-7", "password2": "battery-staple-7", "usable_password": "true"}
    fields = {"email": "new@example.com", "is_staff": "on", "is_superuser": "on", **password}
    assert clerk.post(reverse("admin:reservation_user_add"), fields).status_code == 302
    assert permissions_of(User.objects.get(email="new@example.com")) == (False, False, 0, 0)


def test_only_a_superuser_changes_groups(clerk: Browser) -> None:
    manager = Group.objects.get(name=MANAGER)
    page = reverse("admin:auth_group_change", args=[manager.pk])
    assert clerk.get(page).status_code == 200
    assert clerk.post(page, {"name": "Mine"}).status_code == 403
    assert clerk.post(reverse("admin:auth_group_add"), {"name": "Mine"}).status_code == 403
    assert clerk.post(reverse("admin:auth_group_delete", args=[manager.pk]), {"post": "yes"}).status_code == 403
    assert set(Group.objects.values_list("name", flat=True)) == {"Viewer", "Front desk", "Manager"}


def test_a_superuser_grants_permissions(client: Browser) -> None:
    client.force_login(make_member(None, is_superuser=True))
    user, manager = make_user(email="some@example.com"), Group.objects.get(name=MANAGER)
    fields = {"email": user.email, "is_active": "on", "is_staff": "on", "groups": [manager.pk]}
    assert client.post(page_of(user), fields).status_code == 302
    assert permissions_of(user) == (True, False, 1, 0)
