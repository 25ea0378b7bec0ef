"""Commands that generate files of the repository from the code, and check that they are current."""

import re
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class ExportCommand(BaseCommand):
    """Writes generated files; with --check it writes nothing, and fails when one is stale."""

    def files(self) -> Mapping[Path, str]:
        """The expected contents of the files, by path."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a file is stale.")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        stale = {path: text for path, text in self.files().items() if not path.exists() or path.read_text() != text}
        for path, text in stale.items():
            name = path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path
            if check:
                raise CommandError(f"{name} is stale: run `manage.py {type(self).__module__.rpartition('.')[2]}`.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            self.stdout.write(f"Wrote {name}.")


def with_block(path: Path, name: str, block: str) -> str:
    """Returns the text of the file with this block between its comments `<!-- name: ... -->` and `<!-- /name -->`.

    Raises CommandError when it has no such comments.
    """
    text = path.read_text()
    comments = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not comments.search(text):
        raise CommandError(f"{path.name} has no place for {name}: the comments around it are missing.")
    return comments.sub(lambda match: match[1] + block + match[2], text)
