"""The normal form of an e-mail address."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from database.collations import byte_collation
from reservation.models import User
from reservation.models.email import mail_address, normalise_email
from tests.factories import make_user

WIDE_E, SHARP_S, U_UMLAUT, E_ACUTE = "\uff45", "\u00df", "\u00fc", "\u00e9"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada@Example.COM\n", "ada@example.com"),
        (f"victim@stra{SHARP_S}e.example", "victim@xn--strae-oqa.example"),  # not strasse.example, as in IDNA 2003
        ("victim@STRASSE.example", "victim@strasse.example"),
        (f"a@b{U_UMLAUT}cher.example", "a@xn--bcher-kva.example"),
        ("a@BU\u0308CHER.example", "a@xn--bcher-kva.example"),  # decomposed
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
        (f"a@{WIDE_E}xample.com", "a@example.com"),
        ("a@example\u3002com", "a@example.com"),  # an ideographic full stop
        (f"zoe@caf{E_ACUTE}.example", "zoe@xn--caf-dma.example"),
        ("a@\u212a.example.com", "a@k.example.com"),  # the Kelvin sign
        ("a@\u0646\u0627\u0645\u0647.example", "a@xn--mgb4dbg.example"),
        ("a@r3---sn.example.com", "a@r3---sn.example.com"),
        ("a+b@localhost", "a+b@localhost"),
        ('"ada"@example.com', "ada@example.com"),
        ('"a\\d\\a"@example.com', "ada@example.com"),
        ('"a@B"@example.com', '"a@b"@example.com'),
    ],
)
def test_each_spelling_of_a_mailbox_has_one_normal_form(typed: str, normal: str) -> None:
    assert normalise_email(typed) == normal == normalise_email(normal)


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("Ada@Example.COM", "Ada@example.com"),
        (f"Ada@B{U_UMLAUT}cher.example", "Ada@xn--bcher-kva.example"),
    ],
)
def test_mail_goes_to_the_local_part_as_it_was_typed(typed: str, mailed: str) -> None:
    assert mail_address(typed) == mailed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example",
        "ada@example.com.",
        "ada@example..com",
        "a b@example.com",
        "ada@exam ple.com",
        f"zo{E_ACUTE}@example.com",
        "\uff41da@example.com",  # a full-width local part: perhaps another person's
        "\u212aim@example.com",
        "a\u200bda@example.com",
        "a\0da@example.com",
        '"a\x07"@example.com',
        "ada@exam\0ple.com",
        "ada@exa\u202emple.com",  # right-to-left override
        "ada@exam\u00adple.com",  # soft hyphen
        "ada@exam\u200bple.com",
        "ada@example\ufe0f.com",  # variation selector
        "ada@exam\u3164ple.com",  # Hangul filler
        "ada@example.com\ufeff",
        "ada@exam\ud800ple.com",
        "ada@\u2603.example",  # IDNA 2003 allowed signs
        "ada@xn--n3h.example",
        "ada@xn---bbk.example",  # another spelling of xn--bbk
        f"ada@-{U_UMLAUT}.example",
        f"ada@{U_UMLAUT}_a.example",
        f"ada@{U_UMLAUT * 60}.example",
        "ada@[192.0.2.1]",
        "ada@[IPv6:2001:db8::1]",
        "a" * 65 + "@example.com",
        "a@" + "b." * 127 + "example",
        "a@" + (f"{U_UMLAUT}\u65e5" * 10 + ".") * 8 + "example",  # longer in A-labels than it may be
    ],
    ids=ascii,
)
def test_what_is_no_address_or_could_be_taken_for_another_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        normalise_email(typed)


@given(local=st.from_regex(r"[A-Za-z0-9]{1,9}", fullmatch=True), domain=st.text(min_size=1, max_size=20))
def test_a_normal_form_is_ascii_in_lower_case_and_its_own(local: str, domain: str) -> None:
    try:
        normal = normalise_email(f"{local}@{domain}.example")
    except ValidationError:
        return
    assert normal.isascii()
    assert normal == normal.lower() == normalise_email(normal)
    assert normalise_email(mail_address(f"{local}@{domain}.example")) == normal


@pytest.mark.django_db
def test_the_column_compares_by_bytes() -> None:
    assert User._meta.get_field("email").db_parameters(connection)["collation"] == byte_collation(connection)
    make_user(email="zoe@cafe.example")
    User.objects.update(email="zoe@cafe.example ")
    for other in (f"zoe@caf{E_ACUTE}.example", "Zoe@cafe.example", "zoe@cafe.example"):
        assert not User.objects.filter(email__in=[other]).exists()
    assert User.objects.filter(email__in=["zoe@cafe.example "]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("search", "contains", "begins"),
    [
        ("ADA@", 1, 1),
        ("ada@B\u00dccher", 1, 1),
        ("b\u00fccher.EXAMPLE", 1, 0),
        ("bcher-kva", 1, 0),
        ("bucher", 0, 0),
        ("", 1, 1),
        ("%", 0, 0),
        ("\u2603", 0, 0),
    ],
)
def test_a_search_ignores_case_and_knows_domains_in_each_spelling(search: str, contains: int, begins: int) -> None:
    make_user(email="Ada@b\u00fccher.example")
    assert User.objects.filter(email__icontains=search).count() == contains
    assert User.objects.filter(email__istartswith=search).count() == begins
