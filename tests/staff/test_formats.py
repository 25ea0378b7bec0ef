"""Formulas in exported files: guarded wherever a spreadsheet may begin a cell, and imported as they were."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.formats import CELL_ENDS, FORMULA_STARTS, SPACES, escape_formula, unescape_formula


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("=1", "'=1"),
        ("Jo;=1", "Jo;'=1"),
        ("Jo\t=1", "Jo\t'=1"),
        ("Jo\n=1", "Jo\n'=1"),
        ("Jo\r\n@SUM(A1)", "Jo\r\n'@SUM(A1)"),
        ("\uff1d1", "'\uff1d1"),
        ("Jo;\uff0b1", "Jo;'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20SUM(A1)", "'\uff20SUM(A1)"),
        (" =1", "' =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("Jo;'=1", "Jo;''=1"),
        ("Jo; = 1; -2", "Jo;' = 1;' -2"),
        ("1+1=2, a-b; o@example.com", "1+1=2, a-b; o@example.com"),
        ("'t Hooft; 'quoted'", "'t Hooft; 'quoted'"),
        ("", ""),
    ],
)
def test_a_formula_is_guarded_at_each_start_of_a_cell(text: str, escaped: str) -> None:
    assert escape_formula(text) == escaped
    assert unescape_formula(escaped) == text


@given(st.text(st.sampled_from(f"{FORMULA_STARTS}{CELL_ENDS}{SPACES}',\"a1")))
def test_no_cell_is_a_formula_however_it_is_separated_and_every_text_comes_back(text: str) -> None:
    escaped = escape_formula(text)
    for cell in re.split(f"[{CELL_ENDS}]", escaped):
        assert not cell.lstrip(SPACES).startswith(tuple(FORMULA_STARTS)), escaped
    assert unescape_formula(escaped) == text
