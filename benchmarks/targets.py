"""What must be reached: ratios of figures from the same run."""

from dataclasses import dataclass

from benchmarks.figures import Figure


@dataclass(frozen=True, kw_only=True)
class Target:
    """ratio: what the committed figures call it. It is at least so much, or at most.

    is_steady: whether it is much the same on a machine that has something else to do, so that runs can be compared.
    Requests a second are not: who has more threads gets more of a crowded machine.
    """

    ratio: str
    what: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    is_steady: bool = True

    def is_reached(self, ratio: Figure) -> bool:
        if self.at_least is not None:
            return ratio.median >= self.at_least
        return self.at_most is not None and ratio.median <= self.at_most

    def __str__(self) -> str:
        bound = f"at least {self.at_least}" if self.at_least is not None else f"at most {self.at_most}"
        return f"{bound}{self.unit}"


TARGETS = (
    Target(
        ratio="apollo",
        what="50 appointments: requests a second to those of Apollo Server",
        at_least=1.0,
        is_steady=False,
    ),
    Target(ratio="view", what="50 appointments: CPU of the Django view with two queries to our own", at_least=0.75),
    Target(
        ratio="stock",
        what="50 appointments: requests a second to those of graphene-django",
        at_least=2.5,
        is_steady=False,
    ),
    Target(
        ratio="memcached",
        what="50 appointments, with Memcached: requests a second to those of mercurius without",
        at_least=1.0,
        is_steady=False,
    ),
    Target(
        ratio="nginx",
        what="50 appointments, through nginx's cache: requests a second to those of mercurius without",
        at_least=5.0,
        is_steady=False,
    ),
    Target(
        ratio="pairs",
        what="Reserve and confirm: pairs a second to those of the same SQL by hand",
        at_least=0.5,
        is_steady=False,
    ),
    Target(ratio="growth", what="Latency of the slowest listing to that among 10,000 appointments", at_most=1.3),
    Target(ratio="memory", what="Memory of a worker after many requests to that after 1,000", at_most=1.1),
    Target(
        ratio="document",
        what="What a document costs that was never seen before",
        at_most=3.0,
        is_steady=False,
        unit=" ms",
    ),
)
MARGIN = 1.2
"""A ratio that is worse than the committed one by more than that is a step back."""


def steps_back(committed: dict[str, Figure], measured: dict[str, Figure]) -> list[str]:
    """What is worse than committed, even by the better end of its spread.

    What was not measured both times is not compared, nor what is not steady: the CPU of the same work is.
    """
    small_is_good = {target.ratio for target in TARGETS if target.at_most is not None}
    unsteady = {target.ratio for target in TARGETS if not target.is_steady}
    told = []
    for name in sorted((committed.keys() & measured.keys()) - unsteady):
        before, now = committed[name], measured[name]
        worse = now.low / before.median if name in small_is_good else before.median / now.high
        if worse > MARGIN:
            told.append(f"{name}: {now.median:.2f} ({now.low:.2f} to {now.high:.2f}), where it was {before.median:.2f}")
    return told
