"""The parts of a request: which files belong to each."""

import pytest

from benchmarks import parts, report
from benchmarks.servers import ROOT


@pytest.mark.parametrize(
    ("path", "part"),
    [
        (f"{ROOT}/database/compiled_query.py", "ORM"),
        (f"{ROOT}/cache/client.py", "loaders"),
        (f"{ROOT}/api/loaders/base.py", "loaders"),
        (f"{ROOT}/api/execution/columnar.py", "executor"),
        (f"{ROOT}/api/views.py", "view"),
        (f"{ROOT}/accounts/middleware.py", "view"),
        (f"{ROOT}/ops/rate_limit.py", "view"),
        (f"{ROOT}/ops/middleware.py", "Django"),
        (f"{ROOT}/reservation/policy.py", "Django"),
        (f"{ROOT}/.venv/lib/python/site-packages/django/core/cache/backends/base.py", "Django"),
        ("/usr/lib/python/site-packages/django/db/models/query.py", "ORM"),
        ("/usr/lib/python/site-packages/graphql/language/parser.py", "documents"),
        ("/usr/lib/python/selectors.py", None),
    ],
)
def test_a_file_belongs_to_a_part_by_its_room_or_library(path: str, part: str | None) -> None:
    assert parts.part_of_file(path) == part


@pytest.mark.parametrize("file", [file for files in parts.PARTS.values() for file in files if file[0] != "/"])
def test_the_files_of_this_project_exist(file: str) -> None:
    assert (ROOT / file).exists()


@pytest.mark.parametrize("room", ["accounts", "api", "cache", "database", "ops", "reservation", "staff", "web"])
def test_every_room_of_a_request_belongs_to_a_part(room: str) -> None:
    assert all(parts.part_of_file(str(path)) for path in (ROOT / room).rglob("*.py"))


def test_every_part_has_a_title() -> None:
    assert {*report.PART_TITLES} == {"HTTP", *parts.PARTS, parts.OTHER}
