"""script/image push, with a docker that only writes down what it is asked for."""

from pathlib import Path

import pytest

from tests.script.scratch import Scratch

DOCKER = """#!/bin/sh
echo "$@" >>../calls
case "$*" in
  "buildx create"*) echo made ;;
  *$FAILING*) exit 1 ;;
  *--metadata-file*)
    file=$(echo "$@" | sed 's/.*--metadata-file \\([^ ]*\\).*/\\1/')
    echo '{"containerimage.digest": "sha256:'$(basename "$file" .json)'"}' >"$file"
    ;;
esac
"""
PUSHED = """\
host/path/app@sha256:image-production
host/path/app-nginx@sha256:image-nginx
"""


@pytest.fixture
def scratch(scratch: Scratch, tmp_path: Path) -> Scratch:
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    scratch.environment |= {"PATH": f"{docker.parent}:{scratch.environment['PATH']}", "FAILING": "nothing"}
    return scratch


def calls(scratch: Scratch) -> list[str]:
    return (scratch.path.parent / "calls").read_text().splitlines()


@pytest.mark.parametrize(
    ("version", "tags"),
    [("0.1.0", ["0.1.0", "0.1"]), ("0.1.10", ["0.1.10", "0.1"]), ("0.2.0-dev", ["0.2.0-dev"])],
)
def test_both_images_are_pushed_by_version_and_told_by_digest(scratch: Scratch, version: str, tags: list[str]) -> None:
    commit = scratch.commit("Version", {"VERSION": f"{version}\n"})
    outputs = scratch.path.parent / "outputs"
    scratch.environment["GITHUB_OUTPUT"] = str(outputs)
    result = scratch.script("image", "push", "host/path/app")
    assert (result.returncode, result.stdout, result.stderr) == (0, PUSHED, "")
    assert outputs.read_text() == "production=sha256:image-production\nnginx=sha256:image-nginx\n"
    create, *builds, remove = calls(scratch)
    assert (create, remove) == ("buildx create --driver docker-container", "buildx rm made")
    for build, (target, name) in zip(builds, {"production": "app", "nginx": "app-nginx"}.items(), strict=True):
        assert build.startswith("buildx build --builder made ")
        assert f"--build-arg VERSION={version} --build-arg REVISION={commit} --target {target} " in build
        words = build.split()
        assert [words[at + 1] for at, word in enumerate(words) if word == "--tag"] == [
            f"host/path/{name}:{tag}" for tag in tags
        ]
        assert "--push --provenance=mode=max --attest type=sbom --metadata-file " in build


def test_the_builder_and_the_generator_can_be_chosen(scratch: Scratch) -> None:
    scratch.environment |= {"BUILDER": "mine", "SBOM_GENERATOR": "host/scanner:1"}
    assert scratch.script("image", "push", "host/path/app").stdout == PUSHED
    assert len(calls(scratch)) == 2
    for build in calls(scratch):
        assert build.startswith("buildx build --builder mine ")
        assert "--attest type=sbom,generator=host/scanner:1 " in build


def test_a_failure_of_one_image_ends_it_and_removes_the_builder(scratch: Scratch) -> None:
    scratch.environment["FAILING"] = "nginx"
    result = scratch.script("image", "push", "host/path/app")
    assert result.returncode == 1
    assert result.stdout == PUSHED.splitlines(keepends=True)[0]
    assert calls(scratch)[-1] == "buildx rm made"


@pytest.mark.parametrize("arguments", [[], ["push"], ["push", "one", "two"], ["check", "one", "two"], ["build", "one"]])
def test_other_arguments_are_refused(scratch: Scratch, arguments: list[str]) -> None:
    result = scratch.script("image", *arguments)
    assert (result.returncode, result.stderr) == (64, "usage: script/image build | check [IMAGE] | push REPOSITORY\n")
