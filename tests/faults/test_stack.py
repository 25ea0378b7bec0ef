"""The stack is what it says: its files are in its own directory, and its servers are configured as in production."""

import pytest
import yaml
from django.conf import settings
from redis import Redis

from tests.faults.stack import wait_until
from tests.servers import HOST

pytestmark = pytest.mark.faults


def test_mails_are_files_in_the_directory_of_the_stack(stack, api_client):
    before = {path.name for path in settings.BASE_DIR.iterdir()}
    email = stack.evaluate("User.objects.filter(client__isnull=False)[0].email")

    asked = api_client.send("", "POST", "/auth/app/v1/auth/password/request", {"email": email})

    assert asked.status == 200
    wait_until(lambda: any(email in mail.read_text() for mail in (stack.home / "mail").iterdir()))
    assert {path.name for path in settings.BASE_DIR.iterdir()} == before


def test_redis_evicts_as_little_as_in_containers(stack):
    command = yaml.safe_load((settings.BASE_DIR / "compose.yml").read_text())["services"]["redis"]["command"]
    expected = {name: command[command.index(f"--{name}") + 1] for name in ("maxmemory", "maxmemory-policy")}

    with Redis(host=HOST, port=stack.port("redis"), decode_responses=True) as redis:
        found = redis.config_get("maxmemory", "maxmemory-policy")

    assert found["maxmemory-policy"] == expected["maxmemory-policy"] == "noeviction"
    assert f"{int(found['maxmemory']) // 2**20}mb" == expected["maxmemory"]
