#!/usr/bin/env python
"""Django's command line. Default settings: settings.development, or settings.test for `test`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    testing = sys.argv[1:2] == ["test"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.test" if testing else "settings.development")
    execute_from_command_line(sys.argv)
