"""A clone of this repository, for tests of the scripts that commit and tag."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

from django.conf import settings

ROOT: Path = settings.BASE_DIR
SCRIPTS = ("backport", "changelog", "image", "release")


class Scratch:
    """The top of the tree and script/, on a branch main without tags, with the scripts as they are in this tree now.

    It depends on nothing that a checkout may lack or differ in (tags, branches, a whole history, uncommitted files),
    and on no configuration of git.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # this Python, not a wrapper of pyenv
            "HOME": str(path.parent),
            "LC_ALL": "C",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    @classmethod
    def clone(cls, path: Path) -> Self:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        command = ["git", "clone", "--quiet", "--shared", "--no-tags", "--sparse", str(ROOT), str(path)]
        subprocess.run(command, env=outside, check=True, capture_output=True, timeout=300)
        scratch = cls(path)
        for name in ("user.name", "user.email"):
            scratch.git("config", name, "scratch@example.com")
        scratch.git("remote", "remove", "origin")
        scratch.git("sparse-checkout", "set", "script")
        scratch.git("switch", "--quiet", "--force-create", "main")
        for name in SCRIPTS:
            shutil.copy(ROOT / "script" / name, path / "script" / name)
        scratch.commit("The scripts of this tree")
        return scratch

    def copy(self, path: Path) -> Self:
        shutil.copytree(self.path, path, symlinks=True)
        return type(self)(path)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.path, env=self.environment, capture_output=True, text=True, timeout=300)

    def git(self, *arguments: str) -> str:
        result = self.run("git", *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.path / "script" / name, *arguments)

    def read(self, name: str, commit: str = "HEAD") -> str:
        return self.git("show", f"{commit}:{name}") + "\n"

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.path / name).write_text(text)

    def commit(self, message: str, files: dict[str, str] | None = None) -> str:
        """Writes these files and commits all changes, even none. Returns the commit."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def state(self) -> tuple[str, str, str]:
        """What a refusal must not change: what is checked out, what is changed, and every branch and tag."""
        head = (self.path / ".git" / "HEAD").read_text()
        return head, self.git("status", "--porcelain"), self.git("for-each-ref")
