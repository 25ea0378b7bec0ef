"""image.yml publishes what CI has checked, under the tag that script/release made, to where a variable says."""

import re
from typing import Any

from tests.github.files import GITHUB, ROOT, WORKFLOWS

IMAGE: dict[str, Any] = WORKFLOWS["image.yml"]
CHECK: dict[str, Any] = IMAGE["jobs"]["check"]
PUBLISH: dict[str, Any] = IMAGE["jobs"]["publish"]
STEPS: list[dict[str, Any]] = PUBLISH["steps"]


def place(text: str) -> int:
    """The number of the one step that runs or uses this."""
    (found,) = [number for number, step in enumerate(STEPS) if text in step.get("run", "") + step.get("uses", "")]
    return found


def test_only_a_tag_publishes_and_only_after_all_checks() -> None:
    assert IMAGE["on"] == {"push": {"tags": ["v*"]}}
    assert CHECK["uses"] == "./.github/workflows/ci.yml"
    assert "workflow_call" in WORKFLOWS["ci.yml"]["on"]
    assert set(IMAGE["jobs"]) == {"check", "publish"}
    assert PUBLISH["needs"] == "check"
    assert PUBLISH["if"] == "vars.IMAGE_REPOSITORY != ''"  # without always(): it needs the checks to have passed


def test_the_tag_is_verified_before_there_is_any_access_to_the_registry() -> None:
    assert STEPS[0]["with"]["fetch-depth"] == "0"
    assert place("script/release --verify") == 1
    assert place("script/release --verify") < place("docker login") < place("script/image push")
    secret = [number for number, step in enumerate(STEPS) if "secrets." in str(step)]
    assert secret == [place("docker login")]


def test_both_images_are_attested_by_the_digests_that_were_pushed() -> None:
    targets = re.search(r"^targets=\((.*)\)$", (ROOT / "script" / "image").read_text(), re.MULTILINE)
    assert targets
    attested = [step["with"] for step in STEPS if step.get("uses", "").startswith("actions/attest@")]
    assert [one["subject-digest"] for one in attested] == [
        f"${{{{ steps.push.outputs.{target} }}}}" for target in targets[1].split()
    ]
    assert [one["subject-name"] for one in attested] == [
        "${{ vars.IMAGE_REPOSITORY }}",
        "${{ vars.IMAGE_REPOSITORY }}-nginx",
    ]
    assert STEPS[place("script/image push")]["id"] == "push"


def test_no_registry_is_named() -> None:
    text = (GITHUB / "workflows" / "image.yml").read_text()
    assert re.findall(r"\b[\w-]+(?:\.[\w-]+)*\.(?:io|com|org|net|dev)\b", text) == []
