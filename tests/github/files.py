"""The files of .github/, parsed."""

import json
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT: Path = settings.BASE_DIR
GITHUB = ROOT / ".github"
WORKFLOWS: dict[str, dict[str, Any]] = {
    path.name: yaml.load(path.read_text(), yaml.BaseLoader)  # texts only: YAML reads `on` as true
    for path in sorted((GITHUB / "workflows").glob("*.y*ml"))
}
DEPENDABOT: dict[str, Any] = yaml.safe_load((GITHUB / "dependabot.yml").read_text())
RENOVATE: dict[str, Any] = json.loads((GITHUB / "renovate.json").read_text())
RULESETS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((GITHUB / "rulesets").glob("*.json"))
}
RULESET: dict[str, Any] = RULESETS["main"]
LABELS: list[dict[str, str]] = yaml.safe_load((GITHUB / "labels.yml").read_text())
