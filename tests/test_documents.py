"""The documents name what exists: links lead somewhere, and scripts, commands and paths are there."""

import os
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

ROOT: Path = settings.BASE_DIR
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").rglob("*.md")])
OF_THEIR_TIME = [ROOT / "CHANGELOG.md", *(ROOT / "docs" / "decisions").glob("0*.md")]
"""Documents of the past, too: what they name may be gone since."""

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)*(/|\.(md|py|yml|toml))")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def anchors(path: Path) -> set[str]:
    """The anchors of a page: its ids, and those that GitHub makes of its headings."""
    text = FENCED.sub("", path.read_text())
    headings = [re.sub(r"\]\([^)]*\)", "", heading) for heading in HEADING.findall(text)]
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r' id="([^"]+)"', text))


def leads_somewhere(link: str, page: Path) -> bool:
    if re.match(r"[a-z]+:", link):  # to another site
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def broken_links(page: Path) -> list[str]:
    text = QUOTED.sub("", FENCED.sub("", page.read_text()))
    return [link for link in LINK.findall(text) if not leads_somewhere(link, page)]


def missing_scripts(text: str) -> list[str]:
    found = re.findall(r"(?<![\w/-])script/[\w-]+", text)
    return [name for name in found if not os.access(ROOT / name, os.X_OK)]


def missing_commands(text: str) -> list[str]:
    return [name for name in re.findall(r"manage\.py ([a-z_]+)", text) if name not in get_commands()]


def missing_paths(text: str) -> list[str]:
    """The paths in backquotes and in code blocks that do not exist, and the patterns that match nothing."""
    quoted = [*FENCED.findall(text), *QUOTED.findall(FENCED.sub("", text))]
    words = [word for words in quoted for word in words.split()]
    return [word for word in words if PATH.fullmatch(word) and not any(ROOT.glob(word.removesuffix("/")))]


def missing_labels(text: str) -> list[str]:
    section = text.partition("\n## Issues and labels\n")[2]
    labels = {label["name"] for label in yaml.safe_load((ROOT / ".github" / "labels.yml").read_text())}
    named = [word for word in QUOTED.findall(section) if "/" not in word]
    assert len(named) > 5
    return [word for word in named if word not in labels]


@pytest.mark.parametrize("page", DOCUMENTS, ids=name_of)
def test_each_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", [page for page in DOCUMENTS if page not in OF_THEIR_TIME], ids=name_of)
def test_each_script_and_command_that_a_document_names_exists(page: Path) -> None:
    text = page.read_text()
    assert missing_scripts(text) + missing_commands(text) == []


def test_each_path_and_label_of_contributing_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert missing_paths(text) + missing_labels(text) == []


def test_the_better_comment_in_contributing_is_that_of_the_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    [file] = re.findall(r"This comment stood in `([^`]+)`", text)
    [before, after] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code = (ROOT / file).read_text()
    assert (before in code, after in code) == (False, True)


def test_what_does_not_exist_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One, two\n[a](#one-two) [b](#three) [c](page.md#one-two) [d](none.md) [e](https://example.com)\n"
    )
    assert broken_links(page) == ["#three", "none.md"]
    text = "`script/lint` and `script/none`, `manage.py check` and `manage.py nothing`, `api/views.py`, `api/no.py`"
    assert (missing_scripts(text), missing_commands(text), missing_paths(text)) == (
        ["script/none"],
        ["nothing"],
        ["api/no.py"],
    )
