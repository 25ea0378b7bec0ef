"""Figures, targets and regressions."""

import pytest

from benchmarks.figures import Figure
from benchmarks.report import spread
from benchmarks.targets import Target, regressions


def test_a_figure_is_the_median_and_its_middle_half() -> None:
    assert Figure.of([5.0, 1.0, 2.0, 4.0, 3.0]) == Figure(3.0, 2.0, 4.0)


def test_a_single_value_has_no_spread() -> None:
    assert spread(Figure.of([1.234])) == "1.23"


def test_a_ratio_is_taken_round_by_round() -> None:
    assert Figure.ratio([1.0, 10.0, 100.0], [2.0, 20.0, 200.0]) == Figure(0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("target", "ratio", "is_reached"),
    [
        (Target(ratio="stock", what="", at_least=2.5), 2.5, True),
        (Target(ratio="stock", what="", at_least=2.5), 2.49, False),
        (Target(ratio="memory", what="", at_most=1.1), 1.1, True),
        (Target(ratio="memory", what="", at_most=1.1), 1.11, False),
    ],
)
def test_a_target_is_reached_at_its_bound(target: Target, ratio: float, is_reached: bool) -> None:
    assert target.is_reached(Figure.of([ratio])) is is_reached


@pytest.mark.parametrize(
    ("name", "now", "is_worse"),
    [
        ("fifty / apollo", 1.7, False),  # a fifth worse than 2 is 1.67
        ("fifty / apollo", 1.6, True),
        ("fifty / apollo", 20.0, False),
        ("memory", 2.3, False),  # with an upper bound, a fifth worse is 2.4
        ("memory", 2.5, True),
        ("memory", 0.1, False),
    ],
)
def test_a_ratio_that_is_more_than_a_fifth_worse_is_a_regression(name: str, now: float, is_worse: bool) -> None:
    found = regressions({name: Figure.of([2.0])}, {name: Figure.of([now])})
    assert found == ([f"{name}: {now:.2f} ({now:.2f} to {now:.2f}), was 2.00"] if is_worse else [])


def test_a_regression_is_one_even_by_the_better_end_of_its_spread() -> None:
    assert regressions({"view": Figure.of([2.0])}, {"view": Figure(1.0, 0.5, 1.8)}) == []
    assert regressions({"view": Figure.of([2.0])}, {"view": Figure(1.0, 0.5, 1.6)}) != []


def test_requests_a_second_are_not_compared_since_the_machine_may_be_busy() -> None:
    assert regressions({"apollo": Figure.of([2.0])}, {"apollo": Figure.of([0.1])}) == []


def test_a_ratio_that_was_measured_only_once_is_not_compared() -> None:
    assert regressions({"view": Figure.of([9.0])}, {"fifty / stock": Figure.of([0.1])}) == []
