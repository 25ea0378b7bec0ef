"""script/release, rehearsed in a clone: the release, every refusal, and a failure in the middle."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from tests.script.scratch import ROOT, Scratch

CHANGELOG = "CHANGELOG.md"
HEAD = "# Changelog\n\nWhat users notice.\n\n"
ENTRIES = """
### Fixed

- A reservation is found
  again.

### Added

- `/health/` tells the version.
"""
RELEASED = "\n## [0.1.0] - 2026-01-02\n\n- First.\n"
HEADING = re.compile(r"^## \[(.+)\] - (.+)$", re.MULTILINE)


@pytest.fixture
def scratch(scratch: Scratch) -> Scratch:
    scratch.commit("Begin", {"VERSION": "0.1.0-dev\n", CHANGELOG: f"{HEAD}## Unreleased\n{ENTRIES}"})
    return scratch


def with_origin(scratch: Scratch) -> Scratch:
    scratch.git("clone", "--quiet", "--bare", "--shared", ".", "../origin")
    scratch.git("remote", "add", "origin", "../origin")
    return scratch


def notes_of(scratch: Scratch, version: str) -> str:
    return scratch.git("tag", "--list", "--format=%(contents)", f"v{version}")


def push(scratch: Scratch, printed: str) -> None:
    """Runs the last command of the text that begins with git push."""
    command = [line for line in printed.splitlines() if line.startswith("  git push")][-1]
    scratch.git(*command.split()[1:])


def test_a_release_turns_the_changelog_tags_and_begins_the_next_version(scratch: Scratch) -> None:
    result = scratch.script("release", "0.1.0")
    assert (result.returncode, result.stderr) == (0, "")

    changelog = scratch.read(CHANGELOG, "v0.1.0")
    ((version, day),) = HEADING.findall(changelog)
    assert version == "0.1.0"
    assert date.fromisoformat(day).isoformat() == day
    assert changelog == f"{HEAD}## [0.1.0] - {day}\n{ENTRIES}"
    assert scratch.read("VERSION", "v0.1.0") == "0.1.0\n"
    assert scratch.git("cat-file", "-t", "v0.1.0") == "tag"
    assert notes_of(scratch, "0.1.0") == f"Appointments 0.1.0\n{ENTRIES}".strip()

    assert scratch.git("log", "-3", "--format=%s").splitlines() == ["Begin 0.2.0", "Release 0.1.0", "Begin"]
    assert scratch.git("rev-parse", "v0.1.0^{}") == scratch.git("rev-parse", "HEAD^")
    assert scratch.read("VERSION") == "0.2.0-dev\n"
    assert scratch.read(CHANGELOG) == f"{HEAD}## Unreleased\n\n## [0.1.0] - {day}\n{ENTRIES}"
    assert scratch.state()[:2] == ("ref: refs/heads/main\n", "")


def test_a_release_pushes_nothing_and_the_printed_command_does(scratch: Scratch) -> None:
    with_origin(scratch)
    before = scratch.git("ls-remote", "origin")
    result = scratch.script("release", "0.1.0")
    assert scratch.git("ls-remote", "origin") == before
    push(scratch, result.stdout)
    assert scratch.git("ls-remote", "origin", "main", "v0.1.0^{}").split() == [
        scratch.git("rev-parse", "main"),
        "refs/heads/main",
        scratch.git("rev-parse", "v0.1.0^{}"),
        "refs/tags/v0.1.0^{}",
    ]


def test_the_printed_command_takes_a_release_back(scratch: Scratch) -> None:
    before = scratch.state()
    printed = scratch.script("release", "0.1.0").stdout
    assert scratch.run("sh", "-c", printed.splitlines()[-1]).returncode == 0
    assert scratch.state() == before
    assert scratch.script("release", "0.1.0").returncode == 0


@pytest.mark.parametrize(
    ("branch", "version", "begun"),
    [
        ("main", "0.1.1", "0.2.0"),
        ("main", "0.2.0", "0.3.0"),
        ("main", "1.0.0", "1.1.0"),
        ("release/0.1", "0.1.1", "0.1.2"),
    ],
)
def test_what_may_come_after_0_1_0(scratch: Scratch, branch: str, version: str, begun: str) -> None:
    changelog = f"{HEAD}## Unreleased\n{ENTRIES}{RELEASED}"
    scratch.git("switch", "--quiet", "--force-create", branch)
    scratch.commit("Begin", {"VERSION": "0.9.9-dev\n", CHANGELOG: changelog})
    result = scratch.script("release", version)
    assert (result.returncode, result.stderr) == (0, "")
    assert scratch.read("VERSION", f"v{version}") == f"{version}\n"
    assert scratch.read("VERSION") == f"{begun}-dev\n"
    assert [found[0] for found in HEADING.findall(scratch.read(CHANGELOG))] == [version, "0.1.0"]
    assert scratch.git("tag", "--list", "--format=%(contents)", f"v{version}").endswith(
        "- `/health/` tells the version."
    )


def edit(scratch: Scratch) -> None:
    scratch.write({"README.md": "Changed.\n"})


def add_a_file(scratch: Scratch) -> None:
    scratch.write({"new.txt": ""})


def detach(scratch: Scratch) -> None:
    scratch.git("switch", "--quiet", "--detach")


def on(branch: str) -> Callable[[Scratch], None]:
    return lambda scratch: scratch.git("switch", "--quiet", "--create", branch) and None


def tag(scratch: Scratch) -> None:
    scratch.git("tag", "v0.1.0")


def leave_nothing_to_release(scratch: Scratch) -> None:
    scratch.commit("Empty", {CHANGELOG: f"{HEAD}## Unreleased\n\n### Fixed\n{RELEASED}"})


def lose_the_section(scratch: Scratch) -> None:
    scratch.commit("Lose it", {CHANGELOG: HEAD})


def interrupt(scratch: Scratch) -> None:
    scratch.commit("Release 0.1.0", {"VERSION": "0.1.0\n"})


def have_a_release(scratch: Scratch) -> None:
    scratch.commit("Released", {CHANGELOG: f"{HEAD}## Unreleased\n{ENTRIES}{RELEASED}"})


def have_a_branch(scratch: Scratch) -> None:
    have_a_release(scratch)
    scratch.git("branch", "release/0.1")


def be_on_its_branch(scratch: Scratch) -> None:
    have_a_branch(scratch)
    scratch.git("switch", "--quiet", "release/0.1")


@pytest.mark.parametrize(
    ("prepare", "version", "reason"),
    [
        (edit, "0.1.0", "There are changes that are not committed"),
        (add_a_file, "0.1.0", "There are changes that are not committed"),
        (detach, "0.1.0", "No branch is checked out"),
        (on("feature"), "0.1.0", "Releases are made on main and on release/X.Y, not on feature."),
        (on("release/0.1"), "0.1.0", "CHANGELOG.md of release/0.1 begins with 0.0.0."),
        (tag, "0.1.0", "There is a tag v0.1.0 already."),
        (leave_nothing_to_release, "0.1.1", "has no entries under Unreleased"),
        (lose_the_section, "0.1.0", "has no section '## Unreleased'"),
        (interrupt, "0.1.0", "VERSION is 0.1.0, without -dev: a release was interrupted."),
        (have_a_branch, "0.1.1", "Patches of 0.1 are released on its branch"),
        (be_on_its_branch, "0.2.0", "After 0.1.0 comes on release/0.1 one of: 0.1.1."),
        (have_a_release, "0.1.0", "After 0.1.0 comes on main one of: 0.1.1 0.2.0 1.0.0."),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    scratch: Scratch, prepare: Callable[[Scratch], None], version: str, reason: str
) -> None:
    prepare(scratch)
    before = scratch.state()
    result = scratch.script("release", version)
    assert result.returncode == 1
    assert reason in result.stderr
    assert scratch.state() == before


def test_a_version_that_is_not_the_next_or_none_at_all_is_refused(scratch: Scratch) -> None:
    before = scratch.state()
    for version in ("0.0.0", "0.0.2", "0.1.1", "0.2.0", "1.1.0", "2.0.0"):
        result = scratch.script("release", version)
        assert (result.returncode, result.stderr) == (1, "After 0.0.0 comes on main one of: 0.0.1 0.1.0 1.0.0.\n")
    for text in ("", "0.1", "v0.1.0", "0.1.0-dev", "00.1.0", "0.1.0.0"):
        result = scratch.script("release", text)
        assert (result.returncode, result.stderr[:7]) == (64, "usage: ")
    assert scratch.state() == before


@pytest.mark.parametrize("when", ["[ $(cat VERSION) = 0.2.0-dev ]", "[ $(cat VERSION) = 0.1.0 ]"])
def test_a_failure_in_the_middle_leaves_nothing_behind(scratch: Scratch, when: str) -> None:
    before = scratch.state()
    hook = scratch.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n! {when}\n")
    hook.chmod(0o755)
    result = scratch.script("release", "0.1.0")
    assert result.returncode == 1
    assert result.stderr.endswith("Nothing is released: everything is as it was before.\n")
    assert scratch.state() == before
    hook.unlink()
    assert scratch.script("release", "0.1.0").returncode == 0


def test_this_tree_can_be_released(scratch: Scratch) -> None:
    changelog = (ROOT / CHANGELOG).read_text()
    version = (ROOT / "VERSION").read_text().strip().removesuffix("-dev")
    unreleased = "## Unreleased\n\n- One more change.\n"
    released = f"## [{version}] - "
    if released in changelog:  # the tree is that of a release
        major, minor, _ = version.split(".")
        version = f"{major}.{int(minor) + 1}.0"
        changelog = changelog.replace(released, f"{unreleased}\n{released}", 1)
    else:
        changelog = changelog.replace("## Unreleased\n", unreleased, 1)
    scratch.commit("Prepare", {"VERSION": f"{version}-dev\n", CHANGELOG: changelog})
    result = scratch.script("release", version)
    assert (result.returncode, result.stderr) == (0, "")
    notes = notes_of(scratch, version)
    assert notes.startswith(f"Appointments {version}\n\n- One more change.")
    assert "\n## " not in notes
    assert notes.partition("\n\n")[2] in changelog


class TestVerify:
    """--verify: whether the commit that is checked out may be published under a tag."""

    @pytest.fixture
    def released(self, scratch: Scratch) -> Scratch:
        scratch.script("release", "0.1.0")
        scratch.git("switch", "--quiet", "--detach", "v0.1.0")
        return scratch

    def verify(self, scratch: Scratch, tag: str = "v0.1.0") -> tuple[int, str]:
        result = scratch.script("release", "--verify", tag)
        return result.returncode, result.stderr

    @pytest.mark.parametrize("branch", ["main", "release/0.1"])
    def test_the_tag_of_the_version_on_main_or_its_branch(self, released: Scratch, branch: str) -> None:
        released.git("update-ref", f"refs/remotes/origin/{branch}", "main")
        assert self.verify(released) == (0, "")

    def test_another_tag_is_refused(self, released: Scratch) -> None:
        released.git("update-ref", "refs/remotes/origin/main", "main")
        for tag in ("v0.1.1", "0.1.0", "v0.1.0-dev", ""):
            assert self.verify(released, tag) == (1, f"The tag is {tag}, but VERSION is 0.1.0.\n")

    def test_a_commit_on_another_branch_is_refused(self, released: Scratch) -> None:
        released.git("update-ref", "refs/remotes/origin/main", "v0.1.0^")
        for ref in ("origin/feature/main", "origin/release/0.2", "origin/main2", "fork/main", "fork/release/0.1"):
            released.git("update-ref", f"refs/remotes/{ref}", "main")
        released.git("branch", "release/0.1", "main")  # of this repository only
        assert self.verify(released) == (1, "v0.1.0 is on neither main nor release/0.1 of origin.\n")
