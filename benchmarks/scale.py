"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is measured.

    appointments: in the database that everybody reads. rounds: in how many everybody has a turn. seconds: how long a
    turn is. warm_up: how long each has before the first, in which V8 compiles what is asked often. repeats: how often
    what is no rate is measured.
    """

    appointments: int
    rounds: int
    seconds: float
    warm_up: float
    repeats: int


FULL = Scale(appointments=50_000, rounds=11, seconds=1.0, warm_up=3.0, repeats=200)
QUICK = Scale(appointments=20_000, rounds=3, seconds=0.3, warm_up=1.0, repeats=50)
