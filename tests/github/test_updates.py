"""One service proposes new versions, of everything that has any, and of pinned libraries one by one."""

import re
import subprocess
import tomllib
from pathlib import Path

from tests.github.files import DEPENDABOT, RENOVATE, ROOT


def pinned() -> list[str]:
    """The libraries that Pipfile pins to a minor version, or to one version."""
    entries = {
        name: entry if isinstance(entry, str) else entry["version"]
        for packages in tomllib.loads((ROOT / "Pipfile").read_text()).values()
        for name, entry in packages.items()
    }
    return sorted(name for name, version in entries.items() if re.fullmatch(r"(==|~=)\d+\.\d+\.\d+", version))


def test_only_one_of_dependabot_and_renovate_is_on() -> None:
    assert DEPENDABOT["updates"]
    assert RENOVATE["enabled"] is False


def test_pinned_libraries_are_updated_one_by_one() -> None:
    pip = next(update for update in DEPENDABOT["updates"] if update["package-ecosystem"] == "pip")
    assert pip["groups"]["python"]["exclude-patterns"] == pinned()
    assert pip["groups"]["python-pinned"] == {"patterns": pinned(), "update-types": ["patch"]}
    (rule,) = [rule for rule in RENOVATE["packageRules"] if rule.get("matchManagers") == ["pipenv"]]
    assert rule["matchPackageNames"] == pinned()


def test_every_file_with_versions_is_updated() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    kinds = {
        "pip": "Pipfile",
        "npm": "package-lock.json",
        "docker": "Dockerfile",
        "docker-compose": "compose.yml",
    }
    for ecosystem, file in kinds.items():
        (update,) = [update for update in DEPENDABOT["updates"] if update["package-ecosystem"] == ecosystem]
        folders = {f"/{Path(path).parent}".rstrip(".") for path in tracked if Path(path).name == file}
        assert set(update.get("directories", [update.get("directory")])) == folders
    assert "github-actions" in {update["package-ecosystem"] for update in DEPENDABOT["updates"]}
