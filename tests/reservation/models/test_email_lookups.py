"""An account is looked up by the address that is stored, never by one that was typed."""

import ast
from collections.abc import Iterator

import pytest
from django.conf import settings

PACKAGES = ("accounts", "api", "cache", "database", "ops", "reservation", "settings", "staff", "web")
QUERYING = {"filter", "exclude", "get", "Q", "get_or_create", "update_or_create"}
COMPARING = {"", "exact", "iexact", "in"}
STORED = ("user.email", "obj.email", "ERASED_EMAIL", "normal", "stored", "User.objects.stored_email(")
"""What is stored, or in normal form: the only values to compare the column with."""

DECIDING = {
    "reservation/models/user.py",
    "reservation/models/stored_emails.py",  # gives all accounts their normal form
}


def comparisons(source: str) -> Iterator[int]:
    """The numbers of the lines that compare a column with an address that might not be the stored one."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=keywords) if name in QUERYING:
                for keyword in keywords:
                    if is_comparison(keyword.arg or "") and not ast.unparse(keyword.value).startswith(STORED):
                        yield node.lineno
            case ast.Dict(keys=keys):
                texts = (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
                yield from (node.lineno for text in texts if "__" in text and is_comparison(text))


def is_comparison(lookup: str) -> bool:
    """Whether this argument compares a column with the name `email`, of any table."""
    path, _, last = lookup.rpartition("email")
    return "email" in lookup and (path == "" or path.endswith("__")) and last.removeprefix("__") in COMPARING


def test_nothing_in_the_product_compares_the_column_with_an_address_that_was_typed() -> None:
    found = {
        f"{path.relative_to(settings.BASE_DIR)}:{line}"
        for package in PACKAGES
        for path in (settings.BASE_DIR / package).rglob("*.py")
        if "migrations" not in path.parts and str(path.relative_to(settings.BASE_DIR)) not in DECIDING
        for line in comparisons(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        "User.objects.filter(email=email)",
        "User.objects.get(email__iexact=typed)",
        "Client.objects.filter(user__email=address.strip().lower())",
        "Q(user__email__in=emails)",
        "EmailAddress.objects.exclude(email=form.email)",
        "named = {'user__email': email}",
        "User.objects.get_or_create(email=email)",
    ],
)
def test_a_comparison_is_found(source: str) -> None:
    assert list(comparisons(source)) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "User.objects.filter(email=User.objects.stored_email(typed))",
        "Client.objects.exclude(user__email=ERASED_EMAIL)",
        "Q(user__email__icontains=search)",
        "create_client(email=email)",
        "fields = {'email': email}",
    ],
)
def test_other_uses_are_not(source: str) -> None:
    assert list(comparisons(source)) == []
