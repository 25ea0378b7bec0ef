"""`script/bootstrap hooks`, in a repository of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

BASE: Path = settings.BASE_DIR
VENV = Path(sys.prefix)
CONFIGURATION = """
default_install_hook_types: [pre-commit, pre-push]
repos:
  - repo: local
    hooks:
      - {id: a, name: a, language: unsupported, entry: ./check commit, stages: [pre-commit], <<: &always
         {always_run: true, pass_filenames: false}}
      - {id: b, name: b, language: unsupported, entry: ./check push, stages: [pre-push], <<: *always}
"""
CHECK = """#!/bin/sh
printf '%s\\n' "$1 in ${PWD##*/}" >>"$LOG"
! [ -e refused ]
"""


def environment(tmp_path: Path) -> dict[str, str]:
    """Without the variables that git sets in its own hooks, and without a developer's own configuration."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    people = {f"GIT_{role}_{field}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
    isolation = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
    }
    return variables | people | isolation | {"LOG": str(tmp_path / "log")}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment(folder.parent), capture_output=True, text=True, check=False
    )


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bootstrap(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "script/bootstrap", *arguments)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Returns a clone with a commit, a remote that it may push to, and this environment as its .venv."""
    folder = tmp_path / "repository"
    (folder / "script").mkdir(parents=True)
    shutil.copy(BASE / "script" / "bootstrap", folder / "script")
    shutil.copy(BASE / "Pipfile.lock", folder)
    (folder / ".pre-commit-config.yaml").write_text(CONFIGURATION)
    (folder / ".gitignore").write_text(".venv\nrefused\n")
    (folder / "check").write_text(CHECK)
    (folder / "check").chmod(0o755)
    (folder / ".venv").symlink_to(VENV)
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", "../remote.git")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


def log(repository: Path) -> list[str]:
    return (repository.parent / "log").read_text().splitlines()


def test_the_configuration_has_both_hooks() -> None:
    assert "\ndefault_install_hook_types: [pre-commit, pre-push]\n" in (BASE / ".pre-commit-config.yaml").read_text()


def test_hooks_run_before_a_commit_and_before_a_push(repository: Path) -> None:
    assert bootstrap(repository, "hooks").returncode == 0
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "Continue")
    git(repository, "push", "--quiet", "origin", "main")
    assert log(repository) == ["commit in repository", "push in repository"]


def test_hooks_refuse(repository: Path) -> None:
    assert bootstrap(repository, "hooks").returncode == 0
    (repository / "refused").touch()
    assert run(repository, "git", "commit", "--allow-empty", "--message", "Continue").returncode == 1
    assert run(repository, "git", "push", "origin", "main").returncode == 1


def test_hooks_may_be_installed_again(repository: Path) -> None:
    assert [bootstrap(repository, "hooks").returncode for _ in range(2)] == [0, 0]
    hooks = {path.name for path in (repository / ".git" / "hooks").iterdir() if path.suffix != ".sample"}
    assert hooks == {"pre-commit", "pre-push"}


@pytest.mark.parametrize("installed_in", ["repository", "worktree"])
def test_each_worktree_runs_the_hooks_with_its_own_environment(repository: Path, installed_in: str) -> None:
    worktree = repository.parent / "worktree"
    git(repository, "worktree", "add", "--quiet", "-b", "branch", str(worktree))
    (worktree / ".venv").symlink_to(VENV)
    assert bootstrap(repository.parent / installed_in, "hooks").returncode == 0
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "Continue")
    git(worktree, "commit", "--quiet", "--allow-empty", "--message", "Branch off")
    git(worktree, "push", "--quiet", "origin", "branch")
    assert log(repository) == ["commit in repository", "commit in worktree", "push in worktree"]
    # The environment that installed the hooks is not needed.
    (repository.parent / installed_in / ".venv").unlink()
    other = repository if installed_in == "worktree" else worktree
    git(other, "commit", "--quiet", "--allow-empty", "--message", "End")
    assert log(repository)[-1] == f"commit in {other.name}"
    for name in ("pre-commit", "pre-push"):  # also where PATH has no pre-commit
        assert "\nINSTALL_PYTHON=.venv/bin/python\n" in (repository / ".git" / "hooks" / name).read_text()


def test_a_path_of_ones_own_hooks_is_respected(repository: Path) -> None:
    git(repository, "config", "core.hooksPath", "/srv/hooks")
    done = bootstrap(repository, "hooks")
    assert done.returncode == 1
    assert "core.hooksPath is set (file:.git/config\t/srv/hooks)" in done.stderr
    assert not (repository / ".git" / "hooks" / "pre-commit").exists()


def test_hooks_need_a_repository(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    done = bootstrap(repository, "hooks")
    assert done.returncode == 1
    assert done.stderr.endswith("Hooks need git, and a clone of the repository.\n")
