"""viewer: what the request's credentials resolve to."""

from typing import Any

import pytest

from tests.practice import CLIENT, PEOPLE, PROVIDER, Ask, Practice

VIEWER = f"{{ viewer {{ isAuthenticated isStaff email client {{ {CLIENT} }} provider {{ {PROVIDER} }} }} }}"


@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "staff"])
def test_viewer_is_the_caller(who: str, ask: Ask, practice: Practice, readable: Any, snapshot: Any) -> None:
    assert readable(ask(VIEWER, caller=practice.who(who)).data) == snapshot


def test_viewer_of_staff_has_no_client_and_no_provider(ask: Ask, practice: Practice) -> None:
    viewer = {"isAuthenticated": True, "isStaff": True, "email": practice.staff.email, "client": None, "provider": None}
    assert ask(VIEWER, caller=practice.staff).data == {"viewer": viewer}


def test_viewer_takes_a_statement_for_its_client_or_provider_only(
    ask: Ask, practice: Practice, django_assert_num_queries: Any
) -> None:
    caller = practice.who("client")
    with django_assert_num_queries(0):
        assert ask("{ viewer { email isStaff } }", caller=caller).data == {
            "viewer": {"email": "cleo@example.com", "isStaff": False}
        }
    with django_assert_num_queries(1):
        assert ask("{ viewer { client { name } provider { name } } }", caller=caller).data == {
            "viewer": {"client": {"name": "Cleo"}, "provider": None}
        }
