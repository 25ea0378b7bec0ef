"""What SILK=true adds, with silk itself: its tables, its record of a request, its pages."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings

from tests.environment import bare_environment

pytestmark = pytest.mark.skipif(not find_spec("silk"), reason="script/bootstrap profiling installs silk")

RECORD = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client

call_command("migrate", verbosity=0)
client = Client(SERVER_NAME="localhost")
client.get("/graphql/", {"query": '{ node(id: "QXBwb2ludG1lbnQ6MQ==") { id } }'})  # an appointment, by a compiled query

from silk.models import Request

request = Request.objects.get()
print(request.path, request.response.status_code, [query.query.split(" ")[0] for query in request.queries.all()])
for page in ("", "requests/", f"request/{request.pk}/", f"request/{request.pk}/sql/"):
    page = client.get(f"/silk/{page}")
    print(page.status_code, page.headers.get("Content-Security-Policy"), "/graphql/" in page.content.decode())
print(Request.objects.count())
"""


def test_silk_records_a_request_with_its_sql_and_shows_it(tmp_path: Path) -> None:
    """Its pages have inline scripts, and are not recorded themselves."""
    environment = {
        **bare_environment(),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "settings.development",
        "SILK": "true",
    }
    command = [sys.executable, "-c", RECORD]
    run = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.stdout.splitlines() == ["/graphql/ 200 ['SELECT']", *["200 None True"] * 4, "1"], run.stderr
