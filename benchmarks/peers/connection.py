"""A connection of the database driver for each thread."""

import os
import threading
from typing import Any
from urllib.parse import urlsplit

import MySQLdb
from MySQLdb.constants import FIELD_TYPE
from MySQLdb.converters import conversions

CONVERTERS = {**conversions, FIELD_TYPE.DATETIME: str}  # the response has it as text again
local = threading.local()


def connect() -> Any:
    """This thread's connection."""
    if not hasattr(local, "connection"):
        url = urlsplit(os.environ["DATABASE_URL"])
        local.connection = MySQLdb.connect(
            host=url.hostname,
            port=url.port,
            user=url.username,
            password=url.password,
            database=url.path.strip("/"),
            charset="utf8mb4",
            autocommit=True,
            conv=CONVERTERS,
            init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        )
    return local.connection
