"""The figures of the last full runs, which stand in measured.json beside this file: docs/performance.md shows them."""

import json
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

FILE = Path(__file__).with_name("measured.json")

SHARED = {"ratios", "runs"}
"""The sections to which every run adds what it has measured."""

Section = dict[str, Any]


def read() -> dict[str, Section]:
    """All sections, by name; `ratios` is the one that later runs are compared with."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def write(sections: dict[str, Section]) -> dict[str, Section]:
    """Put these in the place of their former ones, and leave the others; answers all."""
    kept = read()
    for name, section in sections.items():
        kept[name] = {**kept.get(name, {}), **section} if name in SHARED else section
    FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return kept


def ratios_of(sections: dict[str, Section]) -> dict[str, Figure]:
    return {name: Figure.read(kept) for name, kept in sections.get("ratios", {}).items()}
