"""How much is measured: a full run and a quick one."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The size of a run.

    appointments: how many the database has. rounds: in each of them every server has a turn. seconds: the length of a
    turn. warm_up: the length of the turn before the first round, in which V8 compiles hot code. repeats: how many
    requests measure a cost that is no rate.
    """

    appointments: int
    rounds: int
    seconds: float
    warm_up: float
    repeats: int


FULL = Scale(appointments=50_000, rounds=11, seconds=1.0, warm_up=3.0, repeats=200)
QUICK = Scale(appointments=20_000, rounds=3, seconds=0.3, warm_up=1.0, repeats=50)
