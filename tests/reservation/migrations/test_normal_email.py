"""The migration that gives the addresses of existing accounts their normal form."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reservation.models import User

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("reservation", "0007_clean_texts"), ("account", "0009_emailaddress_unique_primary_email")]
AFTER = [("reservation", "0008_normal_email")]
BUECHER, BUECHER_DECOMPOSED, BUECHER_ENCODED = "b\u00fccher.example", "bu\u0308cher.example", "xn--bcher-kva.example"


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Migrates to these migrations; returns the models as they are then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def old() -> Iterator[Any]:
    """The models before the migration; afterwards the database is up to date again, and empty."""
    latest = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] == "reservation"]
    apps = migrate(BEFORE)
    yield apps
    for model in (apps.get_model("account", "EmailAddress"), apps.get_model("reservation", "User")):
        model.objects.all().delete()
    migrate(latest)


def add(old: Any, email: str, *, verified: bool | None = None) -> int:
    """Adds an account as it was stored before; verified: whether allauth has a verified address of it, or none."""
    user = old.get_model("reservation", "User").objects.create(email=email, password="!")
    if verified is not None:
        add_address(old, user.pk, email, verified=verified, primary=True)
    return int(user.pk)


def add_address(old: Any, user_id: int, email: str, **fields: bool) -> None:
    old.get_model("account", "EmailAddress").objects.create(user_id=user_id, email=email, **fields)


def stored() -> dict[int, tuple[str, str]]:
    return {pk: (email, typed) for pk, email, typed in User.objects.values_list("pk", "email", "typed_email")}


def addresses_in(old: Any) -> list[tuple[int, str, bool, bool]]:
    rows = old.get_model("account", "EmailAddress").objects.order_by("pk")
    return list(rows.values_list("user_id", "email", "verified", "primary"))


def addresses() -> list[tuple[int, str, bool, bool]]:
    return list(EmailAddress.objects.order_by("pk").values_list("user_id", "email", "verified", "primary"))


def test_addresses_get_their_normal_form_and_allauths_with_them(old: Any, capsys: pytest.CaptureFixture[str]) -> None:
    plain, encoded = add(old, "ada@example.com", verified=True), add(old, f"zoe@{BUECHER}", verified=True)
    erased = add(old, "erased")
    add_address(old, plain, "ada@ex\uff41mple.org", verified=False, primary=False)
    migrate(AFTER)
    assert stored() == {
        plain: ("ada@example.com", ""),
        encoded: (f"zoe@{BUECHER_ENCODED}", f"zoe@{BUECHER}"),
        erased: ("erased", ""),
    }
    assert addresses() == [
        (plain, "ada@example.com", True, True),
        (encoded, f"zoe@{BUECHER_ENCODED}", True, True),
        (plain, "ada@example.org", False, False),
    ]
    assert f"The addresses of these accounts got their normal form: {encoded}." in capsys.readouterr().out


def test_accounts_of_one_mailbox_stay_as_they_are_and_are_reported(
    old: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    first = add(old, f"a@{BUECHER}", verified=True), add(old, f"a@{BUECHER_ENCODED}", verified=False)
    second = add(old, f"b@{BUECHER}"), add(old, f"b@{BUECHER_DECOMPOSED}")
    third = add(old, "c@\uff45xample.com"), add(old, "c@example.com")
    other = add(old, "d@example.com", verified=True)
    add_address(old, other, f"e@{BUECHER_ENCODED}", verified=True, primary=False)
    fourth = add(old, f"e@{BUECHER}"), other
    nowhere = add(old, "f@\u2603.example", verified=True), add(old, "g@[192.0.2.1]")
    rows = dict(old.get_model("reservation", "User").objects.values_list("pk", "email"))
    own = list(old.get_model("account", "EmailAddress").objects.order_by("pk").values())
    migrate(AFTER)
    assert stored() == {pk: (email, "") for pk, email in rows.items()}
    assert list(EmailAddress.objects.order_by("pk").values()) == own
    report = capsys.readouterr().out
    for accounts in (first, second, third, sorted(fourth)):
        assert f"of one mailbox: the accounts {accounts[0]}, {accounts[1]}." in report
    assert f"no normal form: the accounts {nowhere[0]}, {nowhere[1]}." in report
    assert "@" not in report
    assert User.objects.get_by_natural_key(f"A@{BUECHER}").pk == first[0]
    assert User.objects.get_by_natural_key(f"a@{BUECHER_ENCODED}").pk == first[1]
    assert User.objects.get_by_natural_key("f@\u2603.example").pk == nowhere[0]


def test_an_address_whose_mail_went_to_another_domain_is_verified_again(
    old: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    victim = add(old, "victim@stra\u00dfe.example", verified=True)
    namesake = add(old, "victim@strasse.example", verified=True)
    migrate(AFTER)
    assert addresses() == [
        (victim, "victim@xn--strae-oqa.example", False, True),
        (namesake, "victim@strasse.example", True, True),
    ]
    assert f"their owners verify the address again: {victim}." in capsys.readouterr().out


def test_a_verified_address_that_another_account_has_verified_too_is_reported(
    old: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = add(old, "ada@example.com"), add(old, "zoe@example.com")
    add_address(old, first, "shared@example.org", verified=True, primary=False)
    add_address(old, second, f"shared@{BUECHER_ENCODED}", verified=True, primary=False)
    add_address(old, first, f"shared@{BUECHER}", verified=True, primary=False)
    before = addresses_in(old)
    migrate(AFTER)
    assert addresses() == before
    assert f"of one mailbox: the accounts {first}, {second}." in capsys.readouterr().out


def test_two_addresses_of_one_account_for_one_mailbox_become_one(old: Any) -> None:
    user = add(old, f"a@{BUECHER}", verified=True)
    add_address(old, user, f"a@{BUECHER_ENCODED}", verified=False, primary=False)
    migrate(AFTER)
    assert addresses() == [(user, f"a@{BUECHER_ENCODED}", True, True)]


def test_it_can_be_reversed_and_applied_again(old: Any) -> None:
    add(old, f"zoe@{BUECHER}", verified=True)
    add(old, f"a@{BUECHER}")
    add(old, f"a@{BUECHER_ENCODED}")
    before = list(old.get_model("reservation", "User").objects.order_by("pk").values_list("pk", "email"))
    migrate(AFTER)
    expected = stored(), addresses()
    User.objects.create_user("Eve@Example.com")
    back = migrate(BEFORE)
    after = list(back.get_model("reservation", "User").objects.order_by("pk").values_list("pk", "email"))
    assert after == [*before, (after[-1][0], "eve@example.com")]
    back.get_model("reservation", "User").objects.filter(email="eve@example.com").delete()
    migrate(AFTER)
    assert (stored(), addresses()) == expected


def test_it_can_be_run_again_after_an_interruption(old: Any) -> None:
    """MySQL and MariaDB do not roll a column back that was added before the interruption."""
    user = add(old, f"zoe@{BUECHER}", verified=True)
    migrate(AFTER)
    recorder = MigrationExecutor(connection).recorder
    recorder.record_unapplied(*AFTER[0])
    migrate(AFTER)
    assert stored() == {user: (f"zoe@{BUECHER_ENCODED}", f"zoe@{BUECHER}")}


def test_the_command_normalises_what_is_no_longer_in_doubt(old: Any) -> None:
    doubtful, other = add(old, f"a@{BUECHER}"), add(old, f"a@{BUECHER_ENCODED}")
    migrate(AFTER)
    assert normalise_emails().startswith("In doubt, and unchanged, since their addresses are of one mailbox: the accou")
    user = User.objects.get(pk=other)
    user.email = "moved@example.com"
    user.save()
    assert normalise_emails() == f"The addresses of these accounts got their normal form: {doubtful}.\n"
    assert stored() == {
        doubtful: (f"a@{BUECHER_ENCODED}", f"a@{BUECHER}"),
        other: ("moved@example.com", ""),
    }
    assert normalise_emails() == "Every address is in its normal form.\n"


def normalise_emails() -> str:
    output = StringIO()
    call_command("normalise_emails", stdout=output)
    return output.getvalue()
