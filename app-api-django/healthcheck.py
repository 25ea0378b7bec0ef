"""Health check of a container: ready when it responds, and its database is reachable and migrated.

usage: healthcheck.py [PORT]
"""

import os
import sys
from http.client import HTTPConnection

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
host = (os.environ.get("ALLOWED_HOSTS") or "localhost").partition(",")[0].lstrip(".")
connection = HTTPConnection("127.0.0.1", port, timeout=4)
connection.request("GET", "/health/ready/", headers={"Host": "localhost" if host == "*" else host})
response = connection.getresponse()
print(response.status, response.read(1000).decode(errors="replace"))
sys.exit(response.status != 200)
