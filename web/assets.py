"""The files that script/assets installs from npm."""

from collections.abc import Iterable

from django.contrib.staticfiles import finders
from django.templatetags.static import static


def are_installed(files: Iterable[str]) -> bool:
    """Returns whether script/assets has run, and before collectstatic where static files have hashed names."""
    try:
        return all(static(file) and finders.find(file) for file in files)
    except ValueError:
        return False
