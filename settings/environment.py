"""Environment variables. Each may also come from a file, as secrets of containers do: NAME_FILE is its path."""

import warnings
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured
from environ import Env
from environ.fileaware_mapping import FileAwareMapping


class VariablesOrFiles(FileAwareMapping):
    """Reads NAME from the file at NAME_FILE, without the newline at its end. An empty variable counts as unset."""

    def __getitem__(self, key: str) -> str:
        """Returns the value.

        Raises KeyError when it is unset, and ImproperlyConfigured when both are set or the file cannot be read.
        """
        if not self.env.get(f"{key}_FILE"):
            return str(self.env[key])
        if self.env.get(key):
            raise ImproperlyConfigured(f"Set {key} or {key}_FILE, not both.")
        try:
            return str(super().__getitem__(key)).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"What {key}_FILE names cannot be read: {error}") from error


class Environment(Env):
    """Reads environment variables for the settings."""

    ENVIRON = VariablesOrFiles()

    def networks(self, name: str, *, default: list[str]) -> list[IPv4Network | IPv6Network]:
        """Returns addresses and networks, separated by commas. Raises ImproperlyConfigured when one is invalid."""
        texts = [text.strip() for text in self.list(name, default=default)]
        try:
            return [ip_network(text) for text in texts if text]
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} has addresses and networks, such as 10.1.0.0/16: {error}") from error

    def renamed_float(self, name: str, *, former_name: str, default: float, maximum: float) -> float:
        """Reads a renamed variable. Its former name still works, with a warning, unless the new one is set.

        A greater value than the maximum, which was valid before there was one, counts as the maximum, with a warning.
        """
        if self.str(name, default="") or not self.str(former_name, default=""):
            value = float(self.float(name, default=default))
        else:
            warn(f"The environment variable {former_name} is now {name}. Rename it: the former name will stop working.")
            value = float(self.float(former_name))
        if value > maximum:
            warn(f"{name} is at most {maximum:g}, and counts as that.")
        return min(value, maximum)


def warn(text: str) -> None:
    """Warns operators, who see a FutureWarning by default, unlike a DeprecationWarning."""
    warnings.warn(text, FutureWarning, stacklevel=3)
