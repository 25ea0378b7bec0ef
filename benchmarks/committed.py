"""The figures of the last full runs, in measured.json beside this file; docs/performance.md shows them."""

import json
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

FILE = Path(__file__).with_name("measured.json")

SHARED = {"ratios", "runs"}
"""The sections that every run extends; all others it replaces."""

Section = dict[str, Any]


def read() -> dict[str, Section]:
    """Returns all sections, by name. Later runs are compared with `ratios`."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def write(sections: dict[str, Section]) -> dict[str, Section]:
    """Replaces these sections and leaves the others as they are. Returns all sections."""
    stored = read()
    for name, section in sections.items():
        stored[name] = {**stored.get(name, {}), **section} if name in SHARED else section
    FILE.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")
    return stored


def ratios_of(sections: dict[str, Section]) -> dict[str, Figure]:
    return {name: Figure.read(figure) for name, figure in sections.get("ratios", {}).items()}
