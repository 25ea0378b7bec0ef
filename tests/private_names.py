"""Finds names in the product that a library does not publish: docs/upgrading.md has a table of them."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
PACKAGES = (*tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"],)
DIRECTORIES = (*PACKAGES, "app-api-django")

DOCUMENTED = frozenset({"_meta", "_default_manager", "_state", "_db", "_asdict", "_replace"})
"""Names that begin with an underscore although they are documented: of Django's models, and of named tuples."""

UNDOCUMENTED_MODULES = frozenset(
    {
        "django.core.management.color",
        "django.db.migrations.executor",
        "django.db.models.base",
        "django.db.models.query",
        "django.db.models.sql",
        "django.http.request",
        "environ.fileaware_mapping",
        "graphene.types.resolver",
        "graphene.types.schema",
        "graphene.utils.str_converters",
        "graphql.execution.collect_fields",
        "graphql.execution.execute",
        "graphql.language.visitor",
        "graphql.pyutils",
        "gunicorn.http",
        "gunicorn.workers.gthread",
        "prometheus_client.utils",
        "unfold.views",
    }
)
"""Modules whose names say nothing, and that no documentation of their library mentions."""


@dataclass(frozen=True)
class Row:
    """A row of the table. name: with its module, and for an attribute its class."""

    name: str
    files: tuple[str, ...]

    def covers(self, name: str) -> bool:
        return self.name == name or self.name.endswith(f".{name}")


def read_table(text: str) -> list[Row]:
    """The rows of the document's table: `name`, then `file` or several."""
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("| `")]
    code = re.compile(r"`([^`]+)`")
    return [Row(name, tuple(code.findall(files))) for names, files, *_ in rows for name in code.findall(names)]


def product_files() -> list[Path]:
    files = (path for directory in DIRECTORIES for path in (BASE / directory).rglob("*.py"))
    return sorted(path for path in files if not {"migrations", "node_modules"} & set(path.parts))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_" and name not in DOCUMENTED


def is_private_module(module: str) -> bool:
    parts = module.split(".")
    return module in UNDOCUMENTED_MODULES or "internal" in parts or any(is_private(part) for part in parts)


def private_names(source: str) -> Iterator[str]:
    """The names that this source takes from libraries though they are private, as far as the syntax shows it.

    An imported name comes with its module, an attribute without.
    """
    tree = ast.parse(source)
    own = own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if is_private_module(alias.name))
        elif isinstance(node, ast.ImportFrom) and not is_own_module(node.module):
            is_listed = is_private_module(node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names if is_listed or is_private(alias.name))
        elif isinstance(node, ast.Attribute) and is_private(node.attr):
            root = node.value.id if isinstance(node.value, ast.Name) else None
            if root not in own and not (root in ("self", "cls") and node.attr in own):
                yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "setattr"):
            names = [argument.value for argument in node.args[1:2] if isinstance(argument, ast.Constant)]
            yield from (name for name in names if isinstance(name, str) and is_private(name))
        elif isinstance(node, ast.ClassDef) and not all(is_own_base(base, own) for base in node.bases):
            yield from filter(is_private, defined_in(node))


def is_own_module(module: str | None) -> bool:
    return module is None or module.partition(".")[0] in PACKAGES


def is_own_base(base: ast.expr, own: set[str]) -> bool:
    """Whether a base class, perhaps with types in brackets, is the product's own."""
    base = base.value if isinstance(base, ast.Subscript) else base
    return isinstance(base, ast.Name) and (base.id in own or base.id in ("Generic", "Protocol"))


def own_names(tree: ast.Module) -> set[str]:
    """What the file defines, imports from the product, or sets on `self`."""
    own: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and is_own_module(node.module):
            own |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            own.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            own |= {node.attr} if isinstance(node.value, ast.Name) and node.value.id == "self" else set()
    return own | set(defined_in(tree))


def defined_in(node: ast.Module | ast.ClassDef) -> Iterator[str]:
    """The functions and variables that a module or a class defines."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield one.name
        elif isinstance(one, ast.Assign | ast.AnnAssign):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def is_standard_library(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names
