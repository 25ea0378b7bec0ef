"""The table in docs/operations.md of how old responses are is of the faults that are tested, and keeps the promises."""

import re

import pytest
from django.conf import settings

from cache.catalogue import MAX_AGE_SECONDS
from tests.faults import test_freshness, test_freshness_gate, test_freshness_losses
from tests.faults.report import AGES_BEGIN, AGES_END, write_between

FAULTS = [*test_freshness.FAULTS, *test_freshness_gate.FAULTS, *test_freshness_losses.FAULTS]
"""In the order in which they are tested."""

TEXT = (settings.BASE_DIR / "docs" / "operations.md").read_text()


def rows() -> list[list[str]]:
    table = TEXT.partition(AGES_BEGIN)[2].partition(AGES_END)[0]
    _, _, *lines = table.strip().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_has_every_fault_and_no_outdated_response_of_the_application() -> None:
    assert [fault for fault, *_ in rows()] == FAULTS
    assert {outdated for _, _, _, outdated, _, _ in rows()} == {"0"}
    assert all(int(changes.replace(",", "")) >= 180 for _, changes, *_ in rows())


def test_the_promised_seconds_are_those_of_the_code() -> None:
    promises = re.findall(r"^\| (?:After a change that nobody|If the process).*\| (\d+) s \| 1 s more \|$", TEXT, re.M)
    assert promises == [str(MAX_AGE_SECONDS)] * 2


def test_a_table_replaces_the_former_one(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<a>\nformer\n</a>\nafter\n")
    write_between("<a>", "</a>", "| new |\n", page)
    assert page.read_text() == "before\n<a>\n| new |\n</a>\nafter\n"
    with pytest.raises(ValueError, match="no place"):
        write_between("<b>", "</b>", "", page)
