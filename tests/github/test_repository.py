"""Labels, owners and what script/github applies to the repository."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.github.files import DEPENDABOT, GITHUB, LABELS, RENOVATE, ROOT, RULESETS


def test_labels_are_what_github_accepts() -> None:
    names = [label["name"].lower() for label in LABELS]
    assert sorted(set(names)) == sorted(names)
    for label in LABELS:
        assert label.keys() == {"name", "color", "description"}
        assert re.fullmatch(r"[0-9a-f]{6}", label["color"]), label
        assert 0 < len(label["description"]) <= 100, label


def test_every_label_that_forms_and_updates_set_exists() -> None:
    used = set(RENOVATE["labels"])
    for form in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml"):
        used |= set(yaml.safe_load(form.read_text()).get("labels", []))
    for update in DEPENDABOT["updates"]:
        used |= set(update["labels"])
    assert used <= {label["name"] for label in LABELS}


def test_every_pattern_of_codeowners_matches_a_file() -> None:
    lines = [line.split("#")[0].split() for line in (GITHUB / "CODEOWNERS").read_text().splitlines()]
    patterns = [line[0] for line in lines if line]
    assert patterns[0] == "*"
    assert [one for one in patterns if not (ROOT / one[1:]).exists() and not any(ROOT.glob(f"*/{one}"))] == []


def test_rulesets_are_named_as_their_files_are_and_nobody_bypasses_them() -> None:
    assert {ruleset["name"] for ruleset in RULESETS.values()} == RULESETS.keys()
    for ruleset in RULESETS.values():
        assert (ruleset["enforcement"], ruleset["bypass_actors"]) == ("active", [])


def test_the_tags_of_versions_can_be_neither_moved_nor_deleted() -> None:
    assert RULESETS["tags"]["conditions"]["ref_name"] == {"include": ["refs/tags/v*"], "exclude": []}
    assert {rule["type"] for rule in RULESETS["tags"]["rules"]} >= {"update", "non_fast_forward", "deletion"}


@pytest.mark.parametrize(
    ("present", "method", "path"),
    [("", "POST", "repos/{owner}/{repo}/rulesets"), ("7", "PUT", "repos/{owner}/{repo}/rulesets/7")],
)
def test_script_github_applies_labels_and_rulesets(tmp_path: Path, present: str, method: str, path: str) -> None:
    gh, log = tmp_path / "gh", tmp_path / "log"
    gh.write_text(f'#!/bin/sh\necho "$@" >>"{log}"\ncase "$*" in *--jq*) echo {present} ;; esac\n')
    gh.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run([ROOT / "script" / "github"], env=environment, check=True, capture_output=True)
    expected = [
        "label create {name} --color {color} --description {description} --force".format(**label) for label in LABELS
    ]
    for name in RULESETS:
        expected.append(f'api repos/{{owner}}/{{repo}}/rulesets --jq .[] | select(.name == "{name}") | .id')
        expected.append(f"api --method {method} {path} --input .github/rulesets/{name}.json --silent")
    assert log.read_text().splitlines() == expected
