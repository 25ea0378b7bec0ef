"""The groups that a migration creates, and the group of accounts that were staff before."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from reservation.models import User
from tests.factories import make_user
from tests.groups import FRONT_DESK, MANAGER, VIEWER, groups

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _groups() -> None:
    groups.make_groups(apps)


def permissions_of(name: str) -> set[str]:
    found = Group.objects.get(name=name).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in found}


def test_each_group_has_more_permissions_than_the_previous_one() -> None:
    viewer, front_desk, manager = (permissions_of(name) for name in (VIEWER, FRONT_DESK, MANAGER))
    assert viewer < front_desk < manager
    assert all(permission.partition(".")[2].startswith("view_") for permission in viewer)
    assert front_desk - viewer == {
        "reservation.add_reservation",
        "reservation.change_reservation",
        "reservation.add_client",
        "reservation.change_client",
    }
    assert {"reservation.delete_client", "reservation.export_client"} <= manager


def test_only_superusers_change_accounts_and_groups() -> None:
    of_accounts = {
        permission for permission in permissions_of(MANAGER) if "user" in permission or "group" in permission
    }
    assert of_accounts == {"reservation.view_user", "auth.view_group"}


def test_groups_that_an_operator_changed_are_not_reset() -> None:
    viewer = Group.objects.get(name=VIEWER)
    viewer.permissions.set(Permission.objects.filter(codename="view_service"))
    groups.make_groups(apps)
    assert permissions_of(VIEWER) == {"reservation.view_service"}
    assert Group.objects.count() == 3


def test_only_accounts_that_were_staff_before_are_managers() -> None:
    before = make_user(is_staff=True)
    make_user(is_staff=True, is_superuser=True)
    make_user()
    make_user(is_staff=True).groups.add(Group.objects.get(name=VIEWER))
    groups.make_managers(apps, None)
    assert list(User.objects.filter(groups__name=MANAGER)) == [before]
    groups.make_managers(apps, None)
    assert before.groups.count() == 1
