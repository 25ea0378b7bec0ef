"""The models alone decide what is free, held, booked, open or lapsed at an instant."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings

PACKAGES = ("accounts", "api", "cache", "database", "ops", "reservation", "settings", "staff", "web")
LEASE = re.compile(r"(available_at|is_booked|expires_at)(__\w+)?")
QUERYING = {"filter", "exclude", "get", "Q", "When"}
DECIDING = {
    "reservation/models/appointment.py",
    "reservation/models/reservation.py",
    "reservation/domain/queries/verification.py",  # compares columns with each other, not with an instant
}


def decisions(source: str) -> Iterator[int]:
    """The numbers of the lines that compare columns of a lease or of a hold, or read those of a lease."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=keywords) if name in QUERYING:
                yield from (node.lineno for keyword in keywords if keyword.arg and LEASE.fullmatch(keyword.arg))
            case ast.Attribute(attr="available_at" | "is_booked", ctx=ast.Load()):
                yield node.lineno
            case ast.Constant(value=str(text)) if (found := LEASE.fullmatch(text)) and found[2]:
                yield node.lineno


def test_the_models_alone_compare_the_columns_of_leases_and_holds() -> None:
    found = {
        f"{path.relative_to(settings.BASE_DIR)}:{line}"
        for package in PACKAGES
        for path in (settings.BASE_DIR / package).rglob("*.py")
        if "migrations" not in path.parts and str(path.relative_to(settings.BASE_DIR)) not in DECIDING
        for line in decisions(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        "Appointment.objects.filter(available_at__gt=now)",
        "Q(is_booked=True)",
        "reservations.exclude(expires_at__lte=now)",
        "if slot.available_at <= now: pass",
        "conditions = {'available_at__lte': now}",
    ],
)
def test_a_comparison_elsewhere_is_found(source: str) -> None:
    assert list(decisions(source)) == [1]
