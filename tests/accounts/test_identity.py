"""Which account the subject of an identity provider is linked to."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.identity import find_caller_by_identity
from reservation.domain.caller import Caller
from reservation.models import ExternalIdentity, User
from tests.factories import NOW, account, make_user

ISSUER = "https://idp.example.com"
EMAIL = "cleo@example.com"

pytestmark = pytest.mark.django_db


def find(subject: str = "cleo", *, email: str | None = EMAIL, issuer: str = ISSUER) -> Caller | None:
    return find_caller_by_identity(issuer=issuer, subject=subject, email=email, now=NOW)


def make_owner(email: str = EMAIL, *, verified: bool = True, **fields: Any) -> User:
    user = make_user(email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def test_a_subject_with_the_same_verified_address_is_the_owner() -> None:
    owner = make_owner()
    assert find(email="Cleo@Example.COM") == account(owner)


def test_a_linked_subject_takes_one_statement_and_needs_no_address(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = account(make_owner())
    assert find() == owner
    with django_assert_num_queries(1):
        assert find(email=None) == owner


def test_a_linked_subject_stays_the_owner_when_either_address_changes() -> None:
    owner, other = make_owner(), make_owner("other@example.com")
    assert find() == account(owner)
    User.objects.filter(pk=owner.pk).update(email="cleo@work.example.com")
    assert find(email="other@example.com") == account(User.objects.get(pk=owner.pk)) != account(other)


def test_another_subject_with_the_same_address_does_not_get_the_account() -> None:
    make_owner()
    assert find("cleo")
    assert find("successor") is None
    assert ExternalIdentity.objects.count() == 1


def test_an_unverified_address_links_no_account() -> None:
    make_owner(verified=False)
    make_user(email="staff-made@example.com")
    assert find() is None
    assert find(email="staff-made@example.com") is None


@pytest.mark.parametrize(
    "email", [None, "", "nobody@example.com", "cl\u00e9o@example.com", "cleo@ex\u00e4mple.com", "cleo@\u2603.net"]
)
def test_another_address_finds_no_account(email: str | None) -> None:
    make_owner()
    assert find(email=email) is None


def test_no_letter_that_lower_case_makes_one_of_the_address_is_taken_for_it() -> None:
    make_owner("kim@example.com")
    assert find(email="\N{KELVIN SIGN}im@example.com") is None


def test_a_domain_is_the_same_in_each_spelling() -> None:
    owner = make_owner("cleo@xn--bcher-kva.example")
    assert find(email="Cleo@B\u00dcCHER.example") == account(owner)


def test_subjects_and_issuers_are_distinguished() -> None:
    owner = account(make_owner())
    assert find("Cleo") == owner
    assert find("cleo", email=None) is None
    assert find("Cleo", email=None, issuer="https://other.example.com") is None
    assert find("cleo", issuer="https://other.example.com") == owner


def test_an_inactive_account_is_found_neither_by_address_nor_by_link() -> None:
    make_owner(is_active=False)
    assert find() is None
    assert not ExternalIdentity.objects.exists()
    User.objects.update(is_active=True)
    assert find()
    User.objects.update(is_active=False)
    assert find() is None


def test_the_database_refuses_a_second_link_of_a_subject_or_account() -> None:
    owner, other = make_owner(), make_owner("other@example.com")
    find()
    known = ExternalIdentity.objects.get()
    for user_id, subject_hash in ((other.pk, known.subject_hash), (owner.pk, "0" * 64)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExternalIdentity.objects.create(user_id=user_id, issuer=ISSUER, subject_hash=subject_hash, created_at=NOW)
