"""What developers and their editors start: tasks.py, .vscode/ and .devcontainer/ call only what exists, in script/."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

BASE: Path = settings.BASE_DIR
SCRIPTS = {path.name for path in (BASE / "script").iterdir()}
INV = (sys.executable, "-m", "invoke")
STUB = '#!/bin/sh\n#\n# Says what it gets.\nprintf "%s\\n" "${0##*/}" "$@"\nexit 3\n'


def in_workspace(path: str) -> Path:
    """The file that an editor means."""
    assert path.startswith("${workspaceFolder}/")
    return BASE / path.removeprefix("${workspaceFolder}/")


# --- tasks.py -------------------------------------------------------------------------------------------------------


def test_every_script_that_developers_use_is_a_task_with_a_purpose() -> None:
    listed = subprocess.run([*INV, "--list", "--list-format=json"], cwd=BASE, check=True, capture_output=True)
    tasks = {task["name"]: task["help"] for task in json.loads(listed.stdout)["tasks"]}
    assert tasks.keys() == SCRIPTS - {"apt", "changelog", "npm", "pipenv"}
    assert {name: text for name, text in tasks.items() if not re.fullmatch(r"[A-Z].{9,}", text)} == {}
    assert tasks["server"] == "Runs a development server"


@pytest.mark.parametrize("name", ["test", "breaking-changes"])
def test_a_task_calls_its_script_with_the_arguments_and_ends_with_its_status(tmp_path: Path, name: str) -> None:
    shutil.copy(BASE / "tasks.py", tmp_path)
    shutil.copytree(BASE / "script", tmp_path / "script")
    (tmp_path / "script" / name).write_text(STUB)
    done = subprocess.run([*INV, name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == (f"{name}\n", 3)
    done = subprocess.run(
        [*INV, name, "--", "--fast", "-k", "this or 'that'"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (f"{name}\n--fast\n-k\nthis or 'that'\n", 3)


# --- .vscode/ -------------------------------------------------------------------------------------------------------

VSCODE: dict[str, dict[str, Any]] = {path.stem: json.loads(path.read_text()) for path in (BASE / ".vscode").iterdir()}
TASKS: list[dict[str, Any]] = VSCODE["tasks"]["tasks"]
LAUNCHES: list[dict[str, Any]] = VSCODE["launch"]["configurations"]


def test_vscode_has_its_files() -> None:
    assert VSCODE.keys() == {"extensions", "launch", "settings", "tasks"}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task["label"])
def test_a_task_of_vscode_calls_a_script_by_an_argument_that_it_has(task: dict[str, Any]) -> None:
    script = in_workspace(task["command"])
    assert task["type"] == "process"
    assert script.parent == BASE / "script"
    assert os.access(script, os.X_OK)
    header = script.read_text().partition("\nset -euo")[0]
    assert [argument for argument in task.get("args", []) if argument not in header] == []


@pytest.mark.parametrize("launch", LAUNCHES, ids=lambda launch: launch["name"])
def test_what_is_debugged_exists(launch: dict[str, Any]) -> None:
    assert (launch["type"], launch["request"]) == ("debugpy", "launch")
    assert in_workspace(launch["program"]).is_file() if "program" in launch else find_spec(launch["module"])
    if "preLaunchTask" in launch:
        assert launch["preLaunchTask"] in {task["label"] for task in TASKS}


def test_a_test_file_is_debugged_as_script_test_runs_it() -> None:
    """On a database in memory, and in one process, which a debugger can follow."""
    (launch,) = [launch for launch in LAUNCHES if launch.get("module") == "pytest"]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *launch["args"]]
    command[command.index("${file}")] = "tests/test_runs.py"
    environment = os.environ | launch["env"]
    collected = subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=True).stdout
    assert "tests/test_runs.py::test_" in collected


# --- .devcontainer/ -------------------------------------------------------------------------------------------------

FOLDER = BASE / ".devcontainer"
DEVCONTAINER: dict[str, Any] = json.loads((FOLDER / "devcontainer.json").read_text())


class Loader(yaml.SafeLoader):
    """Reads Compose's own tag `!override` as the value that it is on."""


Loader.add_constructor("!override", yaml.SafeLoader.construct_yaml_seq)


def test_the_dev_container_is_beside_the_services_of_development() -> None:
    files = [(FOLDER / name).resolve() for name in DEVCONTAINER["dockerComposeFile"]]
    assert files == [BASE / "compose.yml", BASE / "compose.development.yml", FOLDER / "compose.devcontainer.yml"]
    first, second, last = (yaml.load(file.read_text(), Loader) for file in files)
    assert last["services"].keys() == {DEVCONTAINER["service"]}
    service = last["services"][DEVCONTAINER["service"]]
    assert service["depends_on"].keys() <= first["services"].keys()
    assert set(service["networks"]) == second["networks"].keys() | first["networks"].keys()
    assert f".:{DEVCONTAINER['workspaceFolder']}" in service["volumes"]
    assert "app-secrets:/run/secrets/app:ro" in first["services"]["app-api-django"]["volumes"]
    assert "app-secrets:/run/secrets/app:ro" in service["volumes"]


def test_the_dev_container_has_python_and_the_user_that_it_names() -> None:
    dockerfile = (BASE / "app-api-django" / "Dockerfile").read_text()
    assert re.search(r"^FROM python:3\.13\S* AS compiler$", dockerfile, re.MULTILINE)
    stage = dockerfile.partition("FROM compiler AS devcontainer\n")[2].partition("\nFROM ")[0]
    assert f"useradd --uid 1000 --groups app --create-home --shell /bin/bash {DEVCONTAINER['remoteUser']} " in stage
    assert "\nUSER 1000:1000\n" in stage
    assert f"WORKDIR {DEVCONTAINER['workspaceFolder']}\n" in stage


def test_the_dev_container_is_made_ready_by_scripts() -> None:
    commands = [command.split() for command in DEVCONTAINER["postCreateCommand"].split(" && ")]
    assert commands == [["script/bootstrap", "dev", "mysql", "postgres"], ["script/bootstrap", "hooks"]]


def test_the_dev_container_has_the_recommended_extensions() -> None:
    there = DEVCONTAINER["customizations"]["vscode"]["extensions"]
    assert {*there, "ms-vscode-remote.remote-containers"} == set(VSCODE["extensions"]["recommendations"])
