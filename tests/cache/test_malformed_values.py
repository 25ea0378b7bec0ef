"""A malformed value in Memcached, which another program wrote, counts as a miss and raises no error."""

from typing import Any

import pytest
from pymemcache.client.base import Client

from cache.catalogue import PROVIDERS
from cache.generations import current_generations
from tests.factories import make_provider
from tests.servers import HOST

MALFORMED = [b"garbage", b"null", b"{}", b"[1]", b'"x y"', b"17", b"[[1,2]]"]


@pytest.mark.parametrize("value", MALFORMED)
@pytest.mark.parametrize("entry", ["generation", "provider"])
def test_a_malformed_value_is_a_miss_and_no_error(rows: str, entry: str, value: bytes) -> None:
    pk = make_provider(name="Anna").pk

    def read() -> Any:
        return [provider.name for provider in PROVIDERS.read([pk]).values()]

    expected = read()
    server = Client((HOST, int(rows.rsplit(":", 1)[1])))
    catalogue = current_generations(["catalogue"])["catalogue"]
    key = {
        "generation": "generations:1:catalogue",
        "provider": f"catalogue:1:{PROVIDERS.key(catalogue, pk)}",
    }[entry]
    assert server.get(key) is not None
    server.set(key, value)
    server.close()
    assert read() == expected
