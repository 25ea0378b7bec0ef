"""Two sides of a comparison, round by round, and the table of all comparisons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

HEAD = ("what", "ours", "peer", "ratio", "spread", "target", "reached")


@dataclass(kw_only=True)
class Comparison:
    """What ours and its peer did in the same rounds.

    unit: what the figures are, for people; the ratio of ours to the peer's has none.
    at_least, at_most: the target, if there is one.
    """

    what: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [ours / peer for ours, peer in zip(self.ours, self.peer, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def is_reached(self) -> bool | None:
        """None without a target."""
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return None if self.at_most is None else self.ratio <= self.at_most

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least}"
        return "" if self.at_most is None else f"≤ {self.at_most}"

    def row(self) -> tuple[str, ...]:
        return (
            self.what,
            f"{median(self.ours):.3g} {self.unit}",
            f"{median(self.peer):.3g} {self.unit}",
            f"**{self.ratio:.2f}**",
            f"{min(self.ratios):.2f} to {max(self.ratios):.2f}, {len(self.ratios)} rounds",
            self.target,
            {True: "yes", False: "**no**", None: ""}[self.is_reached],
        )


def table(comparisons: Iterable[Comparison]) -> str:
    """All of them in Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *(comparison.row() for comparison in comparisons)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def in_turns(rounds: int, ours: Callable[[], None], peer: Callable[[], None]) -> None:
    """Run both in every round, and let each of them begin as often as the other."""
    for number in range(rounds):
        for side in (ours, peer) if number % 2 == 0 else (peer, ours):
            side()
