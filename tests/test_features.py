"""The table of docs/tests.md names each feature of the product, and the tests that prove it."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

import accounts.urls
from api.schema import schema

ROOT: Path = settings.BASE_DIR
TESTS = ROOT / "tests"
TEST = re.compile(r"^(class Test|\s*(async )?def test_)", re.MULTILINE)


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@cache
def rows() -> list[tuple[list[str], list[str]]]:
    """Of each row: what its feature names in backquotes, and the paths that prove it."""
    text = (ROOT / "docs" / "tests.md").read_text()
    section = text.partition("\n## What proves each feature\n")[2].partition("\n## ")[0]
    cells = [line.strip("|").rsplit("|", 1) for line in section.splitlines() if line.startswith("| ")]
    return [(named(feature), named(proof)) for feature, proof in cells if feature.strip() != "Feature"]


def files(path: str) -> list[Path]:
    """The files of tests that a path in the table stands for."""
    found = TESTS.glob(f"{path}**/test_*.py" if path.endswith("/") else path)
    return [file for file in found if file.name.startswith("test_") and TEST.search(file.read_text())]


def commands() -> set[str]:
    return {name for name, app in get_commands().items() if (ROOT / app.partition(".")[0]).is_dir()}


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "/") -> set[str]:
    """Paths of the product's own: those of a library are one, the path below which they are included."""
    found: set[str] = set()
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("/?")
        if isinstance(pattern, URLResolver) and pattern.urlconf_module is accounts.urls:
            found |= routes(pattern.url_patterns, path)
        else:
            found.add(path)
    return found


def test_the_table_is_found() -> None:
    assert len(rows()) > 50
    assert all(proof for _, proof in rows())


@pytest.mark.parametrize("path", sorted({path for _, proof in rows() for path in proof}))
def test_each_path_of_the_table_has_tests(path: str) -> None:
    assert files(path) != []


def test_each_file_of_tests_proves_a_feature() -> None:
    proving = {file for _, proof in rows() for path in proof for file in files(path)}
    assert {str(file.relative_to(TESTS)) for file in TESTS.rglob("test_*.py")} - {
        str(file.relative_to(TESTS)) for file in proving
    } == set()


def fields() -> set[str]:
    types = [schema.query_type, schema.mutation_type]
    return {name for type_ in types if type_ is not None for name in type_.fields}


FEATURES = sorted(fields() | commands() | routes(get_resolver("reservation.urls").url_patterns))


@pytest.mark.parametrize("feature", FEATURES)
def test_each_field_command_and_path_is_in_a_row_whose_tests_mention_it(feature: str) -> None:
    proofs = [path for features, proof in rows() if feature in features for path in proof]
    assert proofs != [], f"docs/tests.md has no row that names `{feature}`"
    name = feature.removeprefix("/auth/app/v1/").rstrip("/")  # which the tests of accounts leave out
    mention = re.compile(rf"(?<![\w/]){re.escape(name)}\b" if name else '"/"')
    assert any(mention.search(file.read_text()) for path in proofs for file in files(path))
