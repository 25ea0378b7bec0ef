"""Targets: bounds of ratios of measurements of the same run."""

from dataclasses import dataclass

from benchmarks.figures import Figure


@dataclass(frozen=True, kw_only=True)
class Target:
    """A lower or an upper bound of a ratio.

    ratio: its key in the committed figures.
    is_steady: whether it is the same on a busy machine, so that runs can be compared. Ratios of requests a second are
    not: a server with more threads gets a larger share of a busy machine.
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
    Target(ratio="view", what="50 appointments: CPU of the Django view with two queries to this API's", at_least=0.75),
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
        what="CPU of a new document beyond that of a cached one",
        at_most=3.0,
        is_steady=False,
        unit=" ms",
    ),
)
TOLERANCE = 1.2
"""A ratio that is worse than the committed one by more than this factor is a regression."""


def regressions(committed: dict[str, Figure], measured: dict[str, Figure]) -> list[str]:
    """Returns a sentence for each ratio that is worse than committed even by the better end of its spread.

    Ratios that were measured only once or are not steady are not compared.
    """
    small_is_good = {target.ratio for target in TARGETS if target.at_most is not None}
    unsteady = {target.ratio for target in TARGETS if not target.is_steady}
    found = []
    for name in sorted((committed.keys() & measured.keys()) - unsteady):
        before, now = committed[name], measured[name]
        worse = now.low / before.median if name in small_is_good else before.median / now.high
        if worse > TOLERANCE:
            found.append(f"{name}: {now.median:.2f} ({now.low:.2f} to {now.high:.2f}), was {before.median:.2f}")
    return found
