"""Staff groups apply to the API as to the admin: all staff may read, and a mutation needs its permission."""

from typing import Any

import pytest

from reservation.models import Service
from tests.groups import FRONT_DESK, MANAGER, VIEWER, member
from tests.practice import Ask, Practice, gid
from tests.rows import all_rows

pytestmark = pytest.mark.django_db

CONFIRM = "mutation ($id: ID!) { confirmReservation(input: {reservationId: $id}) { userErrors { code field } } }"
CREATE = 'mutation { createService(input: {name: "S", durationMinutes: 15}) { userErrors { code field } } }'


def codes(answer: Any) -> list[str]:
    [payload] = answer.data.values()
    return [error["code"] for error in payload["userErrors"]]


@pytest.mark.parametrize("group", [None, VIEWER])
def test_staff_without_permissions_reads_everything_and_changes_nothing(
    group: str | None, ask: Ask, practice: Practice
) -> None:
    who = member(group)
    read = ask("{ clients { nodes { name email } } reservations { nodes { note } } }", caller=who)
    assert [client["name"] for client in read.data["clients"]["nodes"]] == ["Cleo", "Dora"]
    assert len(read.data["reservations"]["nodes"]) == 2
    before = all_rows()
    assert codes(ask(CONFIRM, caller=who, id=gid(practice.hold))) == ["FORBIDDEN"]
    assert codes(ask(CREATE, caller=who)) == ["FORBIDDEN"]
    assert all_rows() == before


def test_the_front_desk_changes_reservations_and_a_manager_services_too(ask: Ask, practice: Practice) -> None:
    front_desk, manager = member(FRONT_DESK), member(MANAGER)
    assert codes(ask(CONFIRM, caller=front_desk, id=gid(practice.hold))) == []
    assert codes(ask(CREATE, caller=front_desk)) == ["FORBIDDEN"]
    assert codes(ask(CREATE, caller=manager)) == []
    assert Service.objects.filter(name="S").count() == 1


def test_reading_loads_no_permissions(ask: Ask, practice: Practice, django_assert_num_queries: Any) -> None:
    who = member(FRONT_DESK)
    with django_assert_num_queries(1):
        ask("{ clients { nodes { name } } }", caller=who)
    assert "permissions" not in vars(who)
