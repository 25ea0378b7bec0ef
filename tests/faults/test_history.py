"""The history finds what is outdated, and nothing else."""

import pytest

from tests.faults.history import Change, History, Read

KEY, NEXT = ("provider", 0), ("provider", 1)


@pytest.fixture
def history() -> History:
    history = History(lambda _: True)
    history.add([Change(KEY, False, 10, 12), Change(KEY, True, 20, 21)])
    history.add([Change(NEXT, False, 14, 15)])
    return history


@pytest.mark.parametrize(
    ("shown", "requested_at", "received_at", "age"),
    [
        (True, 5, 6, 0),
        (False, 5, 6, float("inf")),
        (True, 11.9, 11.95, 0),  # not acknowledged yet
        (False, 10.5, 11, 0),
        (False, 5, 10.5, 0),  # it was changed meanwhile
        (True, 13, 14, 1),
        (False, 13, 14, 0),
        (True, 19, 20.5, 0),  # changed back meanwhile
        (False, 20.5, 30, 0),
        (False, 24, 25, 3),
        (True, 24, 25, 0),
    ],
)
def test_the_age_of_a_value(history: History, shown: bool, requested_at: float, received_at: float, age: float) -> None:
    assert history.age(Read(requested_at, received_at, {KEY: shown})) == age


@pytest.mark.parametrize(
    ("shown", "requested_at", "age"),
    [
        (True, 5, 0),
        (True, 13, 1),
        (False, 13, 0),
        (False, 22, 0),  # the next slot is taken
        (True, 22, 7),
    ],
)
def test_the_age_of_a_run(history: History, shown: bool, requested_at: float, age: float) -> None:
    assert history.age(Read(requested_at, requested_at + 0.5, {KEY: shown}, is_runs=True)) == age


def test_what_is_true_when_it_is_shown_has_no_age(history: History) -> None:
    assert history.age(Read(13, 14, {KEY: False, NEXT: True})) == 0
    assert history.age(Read(17, 18, {KEY: False, NEXT: True})) == 2
