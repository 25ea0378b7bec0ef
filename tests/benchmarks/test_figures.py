"""What is made of what was measured."""

import pytest

from benchmarks.figures import Figure
from benchmarks.report import spread
from benchmarks.targets import Target, steps_back


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
        ("memory", 2.3, False),  # of what should be small, a fifth worse is 2.4
        ("memory", 2.5, True),
        ("memory", 0.1, False),
    ],
)
def test_a_ratio_that_is_a_fifth_worse_is_a_step_back(name: str, now: float, is_worse: bool) -> None:
    told = steps_back({name: Figure.of([2.0])}, {name: Figure.of([now])})
    assert told == ([f"{name}: {now:.2f} ({now:.2f} to {now:.2f}), where it was 2.00"] if is_worse else [])


def test_a_step_back_is_one_by_the_better_end_of_its_spread() -> None:
    assert steps_back({"view": Figure.of([2.0])}, {"view": Figure(1.0, 0.5, 1.8)}) == []
    assert steps_back({"view": Figure.of([2.0])}, {"view": Figure(1.0, 0.5, 1.6)}) != []


def test_requests_a_second_are_no_step_back_for_the_machine_may_be_busy() -> None:
    assert steps_back({"apollo": Figure.of([2.0])}, {"apollo": Figure.of([0.1])}) == []


def test_what_was_measured_only_once_is_compared_with_nothing() -> None:
    assert steps_back({"view": Figure.of([9.0])}, {"fifty / stock": Figure.of([0.1])}) == []
