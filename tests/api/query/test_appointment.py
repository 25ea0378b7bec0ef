"""appointment: a slot in a provider's calendar, and who may see its reservation."""

from typing import Any

import pytest

from tests.practice import APPOINTMENT, PEOPLE, Ask, Practice, gid


@pytest.mark.parametrize(("which", "who"), [("held", "client"), ("booked", "other client"), ("open", "nobody")])
def test_appointment(which: str, who: str, ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    slot = practice.slots[{"held": 0, "booked": 4, "open": 8}[which]]
    document = f"query($id: ID!) {{ appointment(id: $id) {{ {APPOINTMENT} reservation {{ id status }} }} }}"
    answer = ask(document, caller=practice.who(who), id=gid(slot))
    assert answer.errors == []
    assert readable(answer.data) == snapshot


@pytest.mark.parametrize("who", PEOPLE)
def test_the_reservation_is_visible_to_its_client_its_provider_and_staff_only(
    who: str, ask: Ask, practice: Practice
) -> None:
    document = "query($id: ID!) { appointment(id: $id) { isOpen reservation { id } } }"
    reservation = {"id": gid(practice.booking)} if who in ("client", "provider", "staff") else None
    answer = ask(document, caller=practice.who(who), id=gid(practice.slots[4]))
    assert (answer.data, answer.errors) == ({"appointment": {"isOpen": False, "reservation": reservation}}, [])
