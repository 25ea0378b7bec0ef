"""No log quotes a person through the logger of a library: the formats of the logs leave those messages out."""

import io
import logging
import tomllib
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.dispatch import Signal
from import_export.formats import base_formats
from import_export.results import RowResult
from tablib import Dataset

from ops.logs import OWN, JsonFormatter, TextFormatter
from tests.privacy.person import canary


@pytest.fixture(params=[JsonFormatter, TextFormatter])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged, at every level, by every logger, in one of the formats."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(request.param())
    root, quiet = logging.getLogger(), logging.getLogger("import_export")
    before = root.level, quiet.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    quiet.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        quiet.setLevel(before[1])


def test_an_exception_as_a_message_is_left_out(log: io.StringIO) -> None:
    name = f"\u000b{canary()}"
    with pytest.raises(ValueError, match="IllegalCharacterError"):
        base_formats.XLSX().export_data(Dataset([name], headers=["name"]))
    assert "import_export.formats.base_formats" in log.getvalue()
    assert "IllegalCharacterError" in log.getvalue()
    assert name.strip() not in log.getvalue()


def test_a_message_that_a_library_has_composed_is_left_out(log: io.StringIO) -> None:
    name = canary()

    class Unprintable:
        def __str__(self) -> str:
            raise ValueError(name)

    RowResult().add_instance_info(Unprintable())
    assert "import_export.results" in log.getvalue()
    assert name not in log.getvalue()


def test_the_arguments_of_a_library_are_left_out(log: io.StringIO) -> None:
    name, signal = canary(), Signal()

    def fail(**_: object) -> None:
        raise LookupError(name)

    signal.connect(fail)
    signal.send_robust(None)
    assert "django.dispatch" in log.getvalue()
    assert "builtins.LookupError" in log.getvalue()
    assert name not in log.getvalue()


def test_own_messages_and_those_of_requests_are_written(log: io.StringIO) -> None:
    logging.getLogger("cache.connection").warning("Memcached is %s.", "away")
    logging.getLogger("django.request").error("Internal Server Error: %s", "/admin/")
    logging.getLogger("djangorequest").error("Left %s", "out")
    for text in ("Memcached is away.", "Internal Server Error: /admin/"):
        assert text in log.getvalue()
    assert "Left" not in log.getvalue()


def test_exports_and_imports_log_nothing() -> None:
    assert logging.getLogger("import_export.formats.base_formats").getEffectiveLevel() == logging.CRITICAL
    assert not logging.getLogger("import_export.widgets").isEnabledFor(logging.ERROR)


def test_every_package_of_the_product_is_known() -> None:
    packages = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"][
        "root_packages"
    ]
    assert {*packages} <= {*OWN}
