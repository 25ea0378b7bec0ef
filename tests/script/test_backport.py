"""script/backport, rehearsed in a clone: a patch release, every refusal, and both kinds of conflicts."""

from collections.abc import Callable

import pytest

from tests.script.scratch import Scratch

CHANGELOG = "CHANGELOG.md"
HEAD = "# Changelog\n\n## Unreleased\n"
FIRST = "\n## [0.1.0] - 2026-01-02\n\n### Added\n\n- First.\n"
FEATURE = "- A feature of 0.2.\n"
FIX = "- The fix,\n  in two lines.\n"
CODE = "".join(f"line {number}\n" for number in range(9))


@pytest.fixture
def scratch(scratch: Scratch) -> Scratch:
    """0.1.0 is released, and since then main has got a feature, whose entry is below Added."""
    scratch.commit("Release 0.1.0", {"VERSION": "0.1.0\n", CHANGELOG: f"{HEAD}{FIRST}".replace(HEAD, "# Changelog\n")})
    scratch.git("tag", "v0.1.0")
    scratch.commit("Begin 0.2.0", {"VERSION": "0.2.0-dev\n", CHANGELOG: f"{HEAD}{FIRST}", "code": CODE})
    scratch.commit("Add a feature", {CHANGELOG: f"{HEAD}\n### Added\n\n{FEATURE}{FIRST}"})
    return scratch


def fix(scratch: Scratch) -> str:
    """Commits a fix to main, with an entry in the middle of others."""
    entries = f"\n### Fixed\n\n{FIX}\n### Added\n\n{FEATURE}"
    return scratch.commit("Mend it", {CHANGELOG: f"{HEAD}{entries}{FIRST}", "fix": "fixed\n"})


def second_fix(scratch: Scratch) -> str:
    entries = f"\n### Fixed\n\n{FIX}- Another fix.\n\n### Added\n\n{FEATURE}"
    return scratch.commit("Mend another", {CHANGELOG: f"{HEAD}{entries}{FIRST}", "another": "fixed\n"})


def conflicting_fix(scratch: Scratch) -> str:
    """A fix of a file that release/0.1 does not have, with an entry."""
    entries = f"\n### Fixed\n\n{FIX}\n### Added\n\n{FEATURE}"
    return scratch.commit("Mend code", {CHANGELOG: f"{HEAD}{entries}{FIRST}", "code": CODE.replace("4", "four")})


def subjects(scratch: Scratch, commits: str) -> list[str]:
    return scratch.git("log", "--format=%s", commits).splitlines()


def test_a_fix_is_copied_released_and_another_one_follows(scratch: Scratch) -> None:
    one, two = fix(scratch), second_fix(scratch)
    result = scratch.script("backport", one, "0.1")
    assert (result.returncode, result.stderr) == (0, "")
    assert "git push origin release/0.1\nscript/release 0.1.1 makes the release." in result.stdout
    assert scratch.state()[:2] == ("ref: refs/heads/release/0.1\n", "")
    assert subjects(scratch, "v0.1.0..release/0.1") == ["Mend it", "Begin 0.1.1"]
    assert scratch.git("log", "-1", "--format=%b") == f"(cherry picked from commit {one})"
    assert scratch.read("fix") == "fixed\n"
    assert scratch.read("VERSION") == "0.1.1-dev\n"
    assert scratch.read(CHANGELOG) == f"{HEAD}\n### Fixed\n\n{FIX}{FIRST}"

    assert scratch.script("release", "0.1.1").returncode == 0
    assert (
        scratch.git("tag", "--list", "--format=%(contents)", "v0.1.1")
        == f"Appointments 0.1.1\n\n### Fixed\n\n{FIX}".strip()
    )
    released = scratch.read(CHANGELOG, "v0.1.1").removeprefix("# Changelog\n\n")
    assert scratch.read("VERSION") == "0.1.2-dev\n"

    scratch.git("switch", "--quiet", "main")
    assert scratch.script("backport", two, "0.1").returncode == 0
    assert scratch.read(CHANGELOG) == f"{HEAD}\n### Fixed\n\n- Another fix.\n\n{released}"
    assert subjects(scratch, "v0.1.1..release/0.1") == ["Mend another", "Begin 0.1.2"]
    assert scratch.git("rev-parse", "main") == two


def test_several_commits_keep_the_order_in_which_they_are_named(scratch: Scratch) -> None:
    one, two = fix(scratch), second_fix(scratch)
    assert scratch.script("backport", two, one, "0.1").returncode == 0
    assert subjects(scratch, "v0.1.0..release/0.1") == ["Mend it", "Mend another", "Begin 0.1.1"]
    assert scratch.read(CHANGELOG) == f"{HEAD}\n### Fixed\n\n- Another fix.\n{FIX}{FIRST}"


def test_a_branch_begins_at_the_newest_tag(scratch: Scratch) -> None:
    tags = ("v0.1.2", "v0.1.10", "v0.2.0", "v0.10.0")
    for tag in tags:
        scratch.git("switch", "--quiet", "--detach", "v0.1.0")
        scratch.commit(tag, {"VERSION": f"{tag[1:]}\n"})
        scratch.git("tag", tag)
    scratch.git("switch", "--quiet", "main")
    assert scratch.script("backport", fix(scratch), "0.1").returncode == 0
    assert scratch.git("merge-base", "main", "HEAD", "v0.1.10") == scratch.git("rev-parse", "v0.1.0^{}")
    assert subjects(scratch, "v0.1.10..release/0.1") == ["Mend it", "Begin 0.1.11"]


def test_the_branch_of_origin_is_continued(scratch: Scratch) -> None:
    one, two = fix(scratch), second_fix(scratch)
    scratch.script("backport", one, "0.1")
    scratch.git("update-ref", "refs/remotes/origin/release/0.1", "HEAD")
    scratch.git("switch", "--quiet", "--detach", "main")
    scratch.git("update-ref", "refs/remotes/origin/main", "main")
    scratch.git("branch", "--quiet", "--delete", "--force", "release/0.1", "main")
    assert scratch.script("backport", two, "0.1").returncode == 0
    assert subjects(scratch, "v0.1.0..release/0.1") == ["Mend another", "Mend it", "Begin 0.1.1"]


def test_an_entry_that_a_commit_rewords_is_reworded_once(scratch: Scratch) -> None:
    one = fix(scratch)
    reworded = scratch.read(CHANGELOG).replace("in two lines", "in other words")
    two = scratch.commit("Reword", {CHANGELOG: reworded})
    assert scratch.script("backport", one, two, "0.1").returncode == 0
    assert scratch.read(CHANGELOG) == f"{HEAD}\n### Fixed\n\n- The fix,\n  in other words.\n{FIRST}"


def test_an_entry_never_lands_in_a_section_that_is_released(scratch: Scratch) -> None:
    """A merge of texts puts it there, without a conflict, where the entries before it are those of the release."""
    base = scratch.commit("Base", {CHANGELOG: f"{HEAD}\n### Fixed\n\n{FIX}{FIRST}"})
    two = scratch.commit("Mend more", {CHANGELOG: f"{HEAD}\n### Fixed\n\n{FIX}- More.\n{FIRST}"})
    scratch.git("switch", "--quiet", "--create", "release/0.1", "v0.1.0")
    released = f"## [0.1.1] - 2026-01-03\n\n### Fixed\n\n{FIX}{FIRST}"
    scratch.commit("Begin 0.1.2", {"VERSION": "0.1.2-dev\n", CHANGELOG: f"{HEAD}\n{released}"})
    scratch.git("switch", "--quiet", "main")
    assert scratch.git("rev-parse", "HEAD^") == base
    assert scratch.script("backport", two, "0.1").returncode == 0
    assert scratch.read(CHANGELOG) == f"{HEAD}\n### Fixed\n\n- More.\n\n{released}"


class TestConflict:
    """In another file than CHANGELOG.md: it is left to a person."""

    def test_it_says_how_to_go_on(self, scratch: Scratch) -> None:
        commit = conflicting_fix(scratch)
        result = scratch.script("backport", commit, "0.1")
        assert result.returncode == 1
        assert result.stderr == (
            f"{scratch.git('rev-parse', '--short', commit)} conflicts with release/0.1, in\n  code\n"
            "Solve it, git add these files, and go on: script/backport --continue\n"
            "Or give up: git cherry-pick --abort\n"
        )
        assert (scratch.path / CHANGELOG).read_text() == f"{HEAD}\n### Fixed\n\n{FIX}{FIRST}"

    def test_it_goes_on_where_it_is_solved(self, scratch: Scratch) -> None:
        commit, another = conflicting_fix(scratch), second_fix(scratch)
        scratch.script("backport", commit, another, "0.1")
        assert scratch.script("backport", "--continue").returncode == 1  # not solved yet
        scratch.write({"code": "line four\n"})
        scratch.git("add", "code")
        result = scratch.script("backport", "--continue")
        assert (result.returncode, result.stderr) == (0, "")
        assert "script/release 0.1.1 makes the release." in result.stdout
        assert subjects(scratch, "v0.1.0..release/0.1") == ["Mend another", "Mend code", "Begin 0.1.1"]
        assert scratch.git("log", "-1", "--format=%b", "HEAD^") == f"(cherry picked from commit {commit})"
        assert scratch.read(CHANGELOG) == f"{HEAD}\n### Fixed\n\n{FIX}- Another fix.\n{FIRST}"
        assert scratch.read("code") == "line four\n"

    def test_meanwhile_nothing_else_begins(self, scratch: Scratch) -> None:
        commit = conflicting_fix(scratch)
        scratch.script("backport", commit, "0.1")
        before = scratch.state()
        assert "A cherry-pick waits already" in scratch.script("backport", commit, "0.1").stderr
        assert "not committed" in scratch.script("release", "0.1.1").stderr
        assert scratch.state() == before

    def test_it_can_be_given_up(self, scratch: Scratch) -> None:
        commit = conflicting_fix(scratch)
        scratch.script("backport", commit, "0.1")
        scratch.git("cherry-pick", "--abort")
        assert subjects(scratch, "v0.1.0..release/0.1") == ["Begin 0.1.1"]
        scratch.git("switch", "--quiet", "main")
        assert scratch.script("backport", second_fix(scratch), "0.1").returncode == 0


def edited(scratch: Scratch) -> str:
    commit = fix(scratch)
    scratch.write({"README.md": "Changed.\n"})
    return commit


def elsewhere(scratch: Scratch) -> str:
    scratch.git("switch", "--quiet", "--create", "feature")
    return fix(scratch)


def merged(scratch: Scratch) -> str:
    scratch.git("switch", "--quiet", "--create", "feature", "HEAD^")
    scratch.commit("Mend it", {"fix": "fixed\n"})
    scratch.git("switch", "--quiet", "main")
    scratch.git("merge", "--quiet", "--no-edit", "feature")
    return "HEAD"


def released(scratch: Scratch) -> str:
    return "v0.1.0"


def copied(scratch: Scratch) -> str:
    commit = fix(scratch)
    scratch.script("backport", commit, "0.1")
    scratch.git("switch", "--quiet", "main")
    return commit


def made_by_hand(scratch: Scratch) -> str:
    commit = fix(scratch)
    scratch.git("switch", "--quiet", "--create", "release/0.1", "v0.1.0")
    scratch.commit("The same", {CHANGELOG: f"{HEAD}\n### Fixed\n\n{FIX}{FIRST}", "fix": "fixed\n"})
    scratch.git("switch", "--quiet", "main")
    return commit


def version(scratch: Scratch) -> str:
    return scratch.commit("Begin 0.3.0", {"VERSION": "0.3.0-dev\n"})


@pytest.mark.parametrize(
    ("prepare", "branch", "reason"),
    [
        (edited, "0.1", "There are changes that are not committed"),
        (elsewhere, "0.1", "is not on main: a fix lands there first."),
        (merged, "0.1", "is a merge: name the commits that it merged."),
        (released, "0.1", "is on release/0.1 already."),
        (copied, "0.1", "is on release/0.1 already."),
        (
            made_by_hand,
            "0.1",
            "changes nothing on release/0.1, which has the same change already.",
        ),
        (version, "0.1", "changes VERSION: versions are made on each branch by script/release."),
        (fix, "0.2", "0.2 has not been released: there is no tag v0.2.*."),
        (lambda scratch: "0123abcd", "0.1", "0123abcd is no commit."),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    scratch: Scratch, prepare: Callable[[Scratch], str], branch: str, reason: str
) -> None:
    commit = prepare(scratch)
    before = scratch.state()
    result = scratch.script("backport", commit, branch)
    assert result.returncode == 1
    assert reason in result.stderr
    assert scratch.state() == before


def test_all_commits_are_checked_before_the_first_is_copied(scratch: Scratch) -> None:
    commit = fix(scratch)
    before = scratch.state()
    assert "is named twice" in scratch.script("backport", commit, "main", "0.1").stderr
    assert "is on release/0.1 already" in scratch.script("backport", commit, "v0.1.0", "0.1").stderr
    for arguments in ([], ["0.1"], [commit], [commit, "v0.1"], [commit, "0.1.0"], ["--continue", commit]):
        assert scratch.script("backport", *arguments).stderr.startswith("usage: ")
    assert "No backport waits" in scratch.script("backport", "--continue").stderr
    assert scratch.state() == before


def test_a_refusal_of_a_hook_takes_everything_back(scratch: Scratch) -> None:
    commit = fix(scratch)
    before = scratch.state()
    hook = scratch.path / ".git" / "hooks" / "commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    result = scratch.script("backport", commit, "0.1")
    assert result.returncode == 1
    assert result.stderr == "not today\nNothing is backported: everything is as it was before.\n"
    assert scratch.state() == before
