"""The groups of staff. Created on demand, since transactional tests empty every table, these included."""

from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import Group

from reservation.domain.caller import Caller
from reservation.models import User
from tests.factories import account, make_user

groups = import_module("reservation.migrations.0003_groups")

VIEWER, FRONT_DESK, MANAGER = "Viewer", "Front desk", "Manager"


def make_member(group: str | None, **fields: object) -> User:
    """Creates a member of staff in this group, or in none."""
    if not Group.objects.exists():
        groups.make_groups(apps)
    user = make_user(is_staff=True, **fields)
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return user


def member(group: str | None) -> Caller:
    """Returns a caller who is a member of this group."""
    return account(make_member(group))
