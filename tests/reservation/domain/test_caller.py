"""The current caller and its roles."""

import pytest
from pytest_django import DjangoAssertNumQueries

from reservation.domain.caller import ANONYMOUS, Caller, find_caller
from reservation.domain.errors import Forbidden
from tests.factories import make_client, make_provider, make_user


@pytest.mark.django_db
def test_find_caller_of_a_plain_account_has_no_role() -> None:
    user = make_user(email="Someone@Example.com")
    assert find_caller(user.pk) == Caller(user_id=user.pk, email="someone@example.com")
    assert find_caller(str(user.pk)) == find_caller(user.pk)


@pytest.mark.django_db
def test_one_person_may_be_a_client_a_provider_and_staff_at_once() -> None:
    user = make_user(email="all@example.com", is_staff=True)
    make_client(), make_provider()
    client, provider = make_client(user=user), make_provider(user=user)
    assert find_caller(user.pk) == Caller(
        user_id=user.pk, email="all@example.com", client_id=client.pk, provider_id=provider.pk, is_staff=True
    )


@pytest.mark.django_db
def test_find_caller_takes_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = make_client()
    with django_assert_num_queries(1):
        find_caller(client.user_id)


@pytest.mark.django_db
def test_find_caller_finds_neither_an_inactive_nor_an_unknown_account() -> None:
    assert find_caller(make_user(is_active=False).pk) is None
    assert find_caller(0) is None


def test_only_a_caller_with_an_account_is_authenticated() -> None:
    assert not ANONYMOUS.is_authenticated
    assert Caller(user_id=1).is_authenticated


def test_require_staff_refuses_all_others() -> None:
    Caller(user_id=1, is_staff=True).require_staff()
    for caller in (ANONYMOUS, Caller(user_id=1, client_id=1, provider_id=1)):
        with pytest.raises(Forbidden, match=r"^Only staff may do this\.$"):
            caller.require_staff()
