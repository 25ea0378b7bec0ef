"""The stubs in `typings/` describe packages without types: each name and parameter in them exists in the package."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

TYPINGS = settings.BASE_DIR / "typings"
STUBS = sorted(path.relative_to(TYPINGS) for path in TYPINGS.rglob("*.pyi"))


def definitions(nodes: list[ast.stmt], owner: Any) -> Iterator[tuple[ast.stmt, str, Any]]:
    """The public classes and functions of a stub, each with its name and with the object in which the package has it.

    Names with one underscore are the stub's own.
    """
    for node in nodes:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and (node.name.startswith("__") or node.name[0] != "_"):
            yield node, node.name, owner
            if isinstance(node, ast.ClassDef):
                yield from definitions(node.body, getattr(owner, node.name, None))


def module_name(stub: Path) -> str:
    return ".".join(stub.with_suffix("").parts).removesuffix(".__init__")


def test_there_are_stubs():
    assert Path("graphene/__init__.pyi") in STUBS


@pytest.mark.parametrize("stub", STUBS, ids=str)
def test_the_package_has_what_its_stub_describes(stub):
    module = import_module(module_name(stub))
    for node, name, owner in definitions(ast.parse((TYPINGS / stub).read_text()).body, module):
        assert hasattr(owner, name), f"{owner} has no {name}"
        if isinstance(node, ast.FunctionDef):
            named = {one.arg for one in [*node.args.args, *node.args.kwonlyargs]} - {"self", "cls"}
            parameters = inspect.signature(getattr(owner, name)).parameters
            takes_any = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
            assert takes_any or named <= parameters.keys(), f"{owner}.{name} has no parameter {named - {*parameters}}"
