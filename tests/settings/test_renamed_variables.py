"""A variable that was renamed goes on working under its former name, with a warning."""

import warnings
from typing import Any

import pytest

from settings.environment import Environment
from tests.settings.test_environment import settings_with

NAME, FORMER_NAME = "GRAPHQL_RESPONSE_CACHE_SECONDS", "GRAPHQL_KEPT_SECONDS"


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Any:
    for name in (NAME, FORMER_NAME):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Environment().renamed_float(NAME, former_name=FORMER_NAME, default=5.0, maximum=10.0)


@pytest.mark.parametrize(
    ("variables", "value"),
    [
        ({}, 5.0),
        ({NAME: "2.5"}, 2.5),
        ({FORMER_NAME: ""}, 5.0),
        ({NAME: "2.5", FORMER_NAME: "0"}, 2.5),
        ({NAME: "2.5", FORMER_NAME: "no number"}, 2.5),
    ],
)
def test_the_new_name_warns_of_nothing(
    variables: dict[str, str], value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings(action="error"):
        assert read(monkeypatch, **variables) == value


@pytest.mark.parametrize(
    ("variables", "value"),
    [({FORMER_NAME: "0"}, 0.0), ({FORMER_NAME: "1,5"}, 1.5), ({FORMER_NAME: "3", NAME: ""}, 3.0)],
)
def test_the_former_name_works_and_warns(
    variables: dict[str, str], value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.warns(FutureWarning, match=f"{FORMER_NAME} is now {NAME}"):
        assert read(monkeypatch, **variables) == value


def test_more_than_the_maximum_counts_as_that_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.warns(FutureWarning, match=f"{NAME} is at most 10, and counts as that"):
        assert read(monkeypatch, **{NAME: "60"}) == 10.0


def test_the_settings_read_the_former_name() -> None:
    assert f"'{NAME}': 0.25" in settings_with(**{FORMER_NAME: "0.25"})
