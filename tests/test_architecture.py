"""The rooms of docs/architecture.md are those of the tree, and no files of the product import each other in a cycle."""

import re
import tomllib
from functools import cache
from pathlib import Path

import grimp
from django.conf import settings

ROOT: Path = settings.BASE_DIR
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES: list[str] = CONTRACTS["root_packages"]
SPLIT_INTO_ROOMS = ("api", "reservation")
BESIDE_THE_PRODUCT = {"benchmarks", "tests"}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def cycles() -> list[list[str]]:
    """Groups of files that import each other, directly or through others: Tarjan's strongly connected components.

    Imports for type checkers alone do not count: a model names the models that refer to it (its reverse relations).
    """
    imports = grimp.build_graph(*PACKAGES, cache_dir=None, exclude_type_checking_imports=True)
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for imported in sorted(imports.find_modules_directly_imported_by(module)):
            if imported not in order:
                visit(imported)
                lowest[module] = min(lowest[module], lowest[imported])
            elif imported in stack:
                lowest[module] = min(lowest[module], order[imported])
        if lowest[module] == order[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(imports.modules):
        if module not in order:
            visit(module)
    return found


def test_no_files_import_each_other_in_a_cycle() -> None:
    assert cycles() == []


def packages_in(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def test_import_linter_covers_every_package() -> None:
    assert set(PACKAGES) == packages_in(ROOT) - BESIDE_THE_PRODUCT


def test_every_file_has_its_place_in_the_order_of_imports() -> None:
    layers = [layer for contract in CONTRACTS["contracts"] for layer in contract.get("layers", [])]
    places = {module.strip() for layer in layers for module in re.split(r"[|:]", layer)} - {"api"}
    parents = {"api", "api.http", "reservation"}
    assert not any("ignore_imports" in contract for contract in CONTRACTS["contracts"])
    assert {
        module
        for module in graph().modules - parents
        if not any(module == place or module.startswith(f"{place}.") for place in places)
    } == set()


def test_operations_know_of_the_business_only_its_signals() -> None:
    imported = {
        imported
        for module in graph().find_descendants("ops")
        for imported in graph().find_modules_directly_imported_by(module)
    }
    assert {module for module in imported if module.startswith("reservation")} == {"reservation.domain.signals"}


# --- The table of rooms ---------------------------------------------------------------------------------------------


def rooms() -> dict[str, str]:
    """The first and the last column of the table in docs/architecture.md: a room, and the file to open first."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("\n## Rooms\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:2] == "| "]
    return {row[0].strip("`").rstrip("/"): row[-1].strip("`") for row in rows[1:]}


def test_the_table_of_rooms_is_the_tree() -> None:
    tree = set(PACKAGES)
    for package in SPLIT_INTO_ROOMS:
        tree |= {f"{package}/{name}" for name in packages_in(ROOT / package)}
    assert rooms().keys() == tree


def test_the_file_to_open_first_exists_in_its_room() -> None:
    assert {f"{room}/{file}" for room, file in rooms().items() if not (ROOT / room / file).is_file()} == set()
