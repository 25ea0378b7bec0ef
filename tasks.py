"""The scripts of script/ as tasks of invoke: `inv --list`, `inv lint`, `inv test -- --fast -k lapse`.

What follows `--` are the script's arguments. A task does nothing but call its script.
"""

import re
import shlex
import sys
from pathlib import Path

from invoke.collection import Collection
from invoke.context import Context
from invoke.tasks import Task

SCRIPTS = Path(__file__).parent / "script"
HELPERS = {"apt", "changelog", "npm", "pipenv"}  # only other scripts call them


def purpose_of(script: Path) -> str:
    """Returns the beginning of the paragraph below the usage, to the first full stop, colon or semicolon."""
    lines = [line.removeprefix("#").strip() for line in script.read_text().splitlines()]
    paragraph = "\n".join(lines).split("\n\n")[1]
    return re.split(r"[.:;]\s", paragraph.replace("\n", " "))[0]


def task_for(script: Path) -> Task:
    def call(context: Context) -> None:
        # Not `context.remainder`, which has lost the quotes: `-k "this or that"`.
        arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
        context.run(shlex.join([str(script), *arguments]), pty=True)

    call.__doc__ = purpose_of(script)
    return Task(call, name=script.name)


namespace = Collection(*(task_for(script) for script in sorted(SCRIPTS.iterdir()) if script.name not in HELPERS))
