"""Each private name of a library that the product uses is in the table of docs/upgrading.md, exists, and is pinned."""

import ast
import inspect
import re
import textwrap
import tomllib
from functools import cache
from importlib import import_module
from importlib.metadata import packages_distributions
from typing import Any

import pytest

from tests.private_names import BASE, Row, is_standard_library, private_names, product_files, read_table

TABLE = read_table((BASE / "docs" / "upgrading.md").read_text())
PINNED = re.compile(r"(==|~=)\d+\.\d+\.\d+")
FILES = {str(path.relative_to(BASE)): path.read_text() for path in product_files()}


distributions_of = cache(packages_distributions)


def each_name(row: Row) -> str:
    return row.name


def find(name: str) -> Any:
    """What this name stands for in the installed library. Raises ImportError and AttributeError."""
    module, attributes = name, []
    while True:
        try:
            found: Any = import_module(module)
            break
        except ModuleNotFoundError:
            module, _, attribute = module.rpartition(".")
            if not module:
                raise
            attributes.insert(0, attribute)
    for attribute in attributes:
        if not hasattr(found, attribute) and inspect.isclass(found) and attribute in attributes_of(found):
            return attribute
        found = getattr(found, attribute)
    return found


@cache
def attributes_of(cls: type) -> set[str]:
    """What the methods of this class and of its bases set on `self`."""
    found: set[str] = set()
    for base in cls.__mro__:
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError):  # written in C
            continue
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
        found |= {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "self"}
    return found


@pytest.mark.parametrize("row", TABLE, ids=each_name)
def test_each_name_exists_in_the_installed_library(row: Row) -> None:
    if row.name.startswith("MySQLdb."):
        pytest.importorskip("MySQLdb")
    find(row.name)


@pytest.mark.parametrize("row", TABLE, ids=each_name)
def test_each_row_is_of_files_that_use_the_name(row: Row) -> None:
    last = row.name.rpartition(".")[2]
    assert row.files
    for file in row.files:
        assert re.search(rf"\b{last}\b", FILES[file]), file


def test_each_private_name_in_the_product_is_in_the_table() -> None:
    uses = [(file, name) for file, source in FILES.items() for name in sorted(set(private_names(source)))]
    assert [use for use in uses if not any(row.covers(use[1]) and use[0] in row.files for row in TABLE)] == []
    assert uses


@pytest.mark.parametrize(
    "top", sorted({row.name.partition(".")[0] for row in TABLE if not is_standard_library(row.name)})
)
def test_each_library_of_the_table_is_pinned_to_a_minor_version(top: str) -> None:
    pipfile = tomllib.loads((BASE / "Pipfile").read_text())
    versions = {
        name: entry if isinstance(entry, str) else entry["version"]
        for category, packages in pipfile.items()
        if category != "dev-packages"
        for name, entry in packages.items()
    }
    distributions = {name.lower().replace("_", "-") for name in distributions_of().get(top, ())}
    if not distributions:
        pytest.skip(f"{top} is not installed")
    assert any(PINNED.fullmatch(versions.get(name, "")) for name in distributions)


@pytest.mark.parametrize("name", ["django.db.models.query.QuerySet._gone", "graphql.gone", "gone.name"])
def test_a_name_that_does_not_exist_is_found_out(name: str) -> None:
    with pytest.raises((ImportError, AttributeError)):
        find(name)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from lib.internal.kit import f", ["lib.internal.kit.f"]),
        ("from lib import _f", ["lib._f"]),
        ("import lib._c", ["lib._c"]),
        ("from django.db.models.sql import Query", ["django.db.models.sql.Query"]),
        ("import lib\nlib.thing()._x.y", ["_x"]),
        ("def f(queryset):\n    queryset._x = 1", ["_x"]),
        ("def f(one):\n    return getattr(one, '_x', None)", ["_x"]),
        ("from lib import Base\nclass C(Base):\n    def _x(self): ...", ["_x"]),
        ("from lib import Base\nclass C(Base):\n    def f(self):\n        return self._x", ["_x"]),
        ("class C:\n    def __init__(self):\n        self._x = 1\n    def f(self):\n        return self._x", []),
        ("from database import own\nown._x", []),
        ("from reservation.models import User\nUser._x", []),
        ("class C:\n    _x = 1\nC._x", []),
        ("def f(row):\n    return row._meta, row._state, row.__dict__", []),
        ("from lib import f as _f\n_f()", []),
    ],
)
def test_private_names_are_found_in_source(source: str, names: list[str]) -> None:
    assert list(private_names(source)) == names
