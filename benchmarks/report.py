"""The measurements as tables in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.committed import Section, ratios_of
from benchmarks.figures import Figure
from benchmarks.targets import TARGETS
from benchmarks.titles import API, PEERS, WORKLOADS

PART_TITLES = {
    "HTTP": "gunicorn: reading a request, writing a response",
    "Django": "Django, and the middleware of the application",
    "view": "the view: reading JSON, authentication, rate limits, writing JSON",
    "documents": "documents: cache, limits, cost",
    "executor": "the executor",
    "resolvers": "resolvers: pages, ids, instants",
    "loaders": "loaders, and the domain queries of loaders and resolvers",
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
    return table(("", "target", "measured", ""), rows)


def all_work(sections: dict[str, Section]) -> str:
    return "\n\n".join(f"**{WORKLOADS[name]}**\n\n{work_of(peers)}" for name, peers in sections["work"].items())


def work_of(peers: dict[str, Any]) -> str:
    """Returns the figures of all peers; the ratios are of medians, and of CPU time in multiples of this API's."""
    api = {kind: Figure.read(peers[API][kind]) for kind in ("rate", "cost")}
    rows = []
    for name, figures in peers.items():
        rate, cost = Figure.read(figures["rate"]), Figure.read(figures["cost"])
        rows.append(
            (
                PEERS[name],
                spread(rate),
                f"{rate.median / api['rate'].median:.2f}",
                spread(cost),
                f"{cost.median / api['cost'].median:.2f}",
            )
        )
    return table(("", "a second", "ratio", "ms of CPU each", "ratio"), rows)


def start(sections: dict[str, Section]) -> str:
    figures = {name: spread(Figure.read(figure)) for name, figure in sections["start"].items()}
    return table(
        ("", ""),
        [
            ("From the start to the first response of `/health/live/`", f"{figures['start']} s"),
            ("The first request after that", f"{figures['first']} ms"),
            ("The same request later", f"{figures['later']} ms"),
            ("A request with a cached document", f"{figures['seen']} ms of CPU"),
            ("A request with a new document", f"{figures['new']} ms of CPU"),
            ("Ratio of new to cached", figures["new to seen"]),
        ],
    )


def parts(sections: dict[str, Section]) -> str:
    of_parts: dict[str, float] = sections["parts"]
    whole = sum(of_parts.values())
    rows = [(PART_TITLES[name], f"{of_parts[name]:.2f}", f"{of_parts[name] / whole:.0%}") for name in PART_TITLES]
    return table(("", "ms", ""), [*rows, ("together", f"{whole:.2f}", "")])


def growth(sections: dict[str, Section]) -> str:
    return among_many("50 open appointments", sections["growth"]["rows"], sections["growth"]["listings"])


def pages(sections: dict[str, Section]) -> str:
    return among_many("page", sections["pages"]["rows"], sections["pages"]["pages"])


def among_many(what: str, many: int, times: Section) -> str:
    """Returns the table of times among many appointments, and among few."""
    rows = [
        (name, *(f"{spread(Figure.read(figures[size]))} ms" for size in ("few", "many")), spread(ratio))
        for name, figures in times.items()
        for ratio in [Figure.read(figures["ratio"])]
    ]
    return table((what, "among 10,000", f"among {many:,}", "ratio"), rows)


def memory(sections: dict[str, Section]) -> str:
    figures = sections["memory"]
    rows = [("1,000", f"{figures['few']} MiB"), (f"{figures['requests']:,}", f"{figures['many']} MiB")]
    return table(("requests before", "resident memory"), rows)


def runs(sections: dict[str, Section]) -> str:
    return "\n".join(f"- {run}" for run in sections["runs"].values())


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
    "work": all_work,
    "start": start,
    "parts": parts,
    "growth": growth,
    "memory": memory,
    "pages": pages,
    "runs": runs,
}
"""The table of each section; that of targets is made of the ratios."""
