"""What somebody else has written to Memcached is no error: it costs a hit."""

from typing import Any

import pytest
from pymemcache.client.base import Client

from cache.calendar_days import DAYS, Day, read_days
from cache.catalogue import read_offers, read_providers
from cache.generations import current_generations
from tests.factories import TOMORROW, make_appointments, make_provider
from tests.servers import HOST

GARBAGE = [b"garbage", b"null", b"{}", b"[1]", b'"x y"', b"17", b"[[1,2]]"]


@pytest.mark.parametrize("value", GARBAGE)
@pytest.mark.parametrize("what", ["generation", "calendar", "provider", "offers"])
def test_what_we_did_not_write_costs_a_hit_and_no_error(rows: str, what: str, value: bytes) -> None:
    slot = make_appointments(make_provider(name="Anna"), number=1)[0]
    day = Day(slot.provider_id, TOMORROW.date())
    pk = slot.provider_id

    def read() -> Any:
        return [s.id for s in read_days([day])[day]], [p.name for p in read_providers([pk]).values()], read_offers([pk])

    expected = read()
    server = Client((HOST, int(rows.rsplit(":", 1)[1])))
    catalogue, calendar = (
        current_generations(["catalogue"])["catalogue"],
        current_generations([f"calendar:{pk}"])[f"calendar:{pk}"],
    )
    key = {
        "generation": "generations:1:catalogue",
        "calendar": f"calendar:1:{calendar}:{DAYS.name(day)}",
        "provider": f"catalogue:1:{catalogue}:provider:{pk}",
        "offers": f"catalogue:1:{catalogue}:offers:{pk}",
    }[what]
    if what == "offers" and value == b"[1]":
        pytest.skip("as good as one of ours")
    assert server.get(key) is not None
    server.set(key, value)
    server.close()
    assert read() == expected
