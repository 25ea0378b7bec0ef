"""What was measured, as tables in Markdown; a title, and the sections that it needs."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.committed import Section, ratios_of
from benchmarks.figures import Figure
from benchmarks.targets import TARGETS
from benchmarks.titles import OURS, PEERS, WORKS

PARTS = {
    "HTTP": "gunicorn: reading a request, writing an answer",
    "Django": "Django and its middleware, ours among it",
    "view": "the view: reading JSON and who asks, rates, writing JSON",
    "documents": "documents: looking up, limits, price",
    "executor": "the executor",
    "resolvers": "resolvers: pages, ids, instants",
    "loaders": "loaders, and the rules that they and resolvers read by",
    "ORM": "the ORM: SQL from querysets, objects from rows",
    "database": "the database, and the driver that waits for it",
    "other": "everything else",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def targets(sections: dict[str, Section]) -> str:
    ratios = ratios_of(sections)
    rows = []
    for target in TARGETS:
        if (ratio := ratios.get(target.ratio)) is not None:
            verdict = "reached" if target.is_reached(ratio) else "**not reached**"
            rows.append((target.what, str(target), spread(ratio), verdict))
    return table(("", "must be", "is", ""), rows)


def works(sections: dict[str, Section]) -> str:
    return "\n\n".join(f"**{WORKS[name]}**\n\n{work(peers)}" for name, peers in sections["work"].items())


def work(peers: dict[str, Any]) -> str:
    """Everybody's figures; the ratios are of medians, and of CPU a request they say how many of ours it would be."""
    ours = {kind: Figure.read(peers[OURS][kind]) for kind in ("rate", "cost")}
    rows = []
    for name, kept in peers.items():
        rate, cost = Figure.read(kept["rate"]), Figure.read(kept["cost"])
        rows.append(
            (
                PEERS[name],
                spread(rate),
                f"{rate.median / ours['rate'].median:.2f}",
                spread(cost),
                f"{cost.median / ours['cost'].median:.2f}",
            )
        )
    return table(("", "a second", "to ours", "ms of CPU each", "to ours"), rows)


def start(sections: dict[str, Section]) -> str:
    kept = {name: spread(Figure.read(figure)) for name, figure in sections["start"].items()}
    return table(
        ("", ""),
        [
            ("From nothing to the first answer of `/health/live/`", f"{kept['start']} s"),
            ("The first request after that", f"{kept['first']} ms"),
            ("One like it later", f"{kept['later']} ms"),
            ("A request with a document that was seen before", f"{kept['seen']} ms of CPU"),
            ("One with a document that never was", f"{kept['new']} ms of CPU"),
            ("The second to the first", kept["new to seen"]),
        ],
    )


def parts(sections: dict[str, Section]) -> str:
    of_parts: dict[str, float] = sections["parts"]
    whole = sum(of_parts.values())
    rows = [(PARTS[name], f"{of_parts[name]:.2f}", f"{of_parts[name] / whole:.0%}") for name in PARTS]
    return table(("", "ms", ""), [*rows, ("together", f"{whole:.2f}", "")])


def growth(sections: dict[str, Section]) -> str:
    return among_many("50 open appointments", sections["growth"]["rows"], sections["growth"]["listings"])


def pages(sections: dict[str, Section]) -> str:
    return among_many("page", sections["pages"]["rows"], sections["pages"]["pages"])


def among_many(what: str, many: int, kept: Section) -> str:
    """What each takes among so many appointments, and among few."""
    rows = [
        (name, *(f"{spread(Figure.read(figures[size]))} ms" for size in ("few", "many")), spread(ratio))
        for name, figures in kept.items()
        for ratio in [Figure.read(figures["ratio"])]
    ]
    return table((what, "among 10,000", f"among {many:,}", "ratio"), rows)


def memory(sections: dict[str, Section]) -> str:
    kept = sections["memory"]
    rows = [("1,000", f"{kept['few']} MiB"), (f"{kept['requests']:,}", f"{kept['many']} MiB")]
    return table(("after so many requests", "resident"), rows)


def runs(sections: dict[str, Section]) -> str:
    return "\n".join(f"- {told}" for told in sections["runs"].values())


def spread(figure: Figure) -> str:
    if figure.low == figure.high:
        return brief(figure.median)
    return f"{brief(figure.median)} ({brief(figure.low)} to {brief(figure.high)})"


def brief(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


REPORTS = {
    "targets": targets,
    "work": works,
    "start": start,
    "parts": parts,
    "growth": growth,
    "memory": memory,
    "pages": pages,
    "runs": runs,
}
"""What is shown of each section; targets are shown of the ratios."""
