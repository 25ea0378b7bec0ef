"""Who may read /metrics, and what it shows."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client as Browser
from mirakuru import TCPExecutor
from prometheus_client.parser import text_string_to_metric_families

from ops.metrics import Metrics, families, metrics, process
from settings.environment import Environment
from tests.ops.metrics.conftest import url_of

TOKEN = "not-a-secret-" * 3
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _allowed(counting: Metrics, settings: Any) -> None:
    """Allows this machine, an internal network, and callers with the token."""
    networks(settings, HERE, "10.1.0.0/16", "2001:db8::/64")
    settings.METRICS_TOKEN = TOKEN


def networks(settings: Any, *texts: str) -> None:
    settings.METRICS_ADDRESSES = Environment().networks("NOT_SET", default=list(texts))


def status(browser: Browser, address: str = "192.0.2.1", **headers: str) -> int:
    return browser.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_counts_are_shown(client: Browser) -> None:
    metrics().count(families.RESERVATIONS, "held", by=3)
    response = client.get("/metrics")
    (family,) = (one for one in text_string_to_metric_families(response.content.decode()) if one.samples)
    assert [(sample.name, sample.labels, sample.value) for sample in family.samples] == [
        ("appointments_reservations_total", {"event": "held"}, 3.0)
    ]
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in response["Cache-Control"]


def test_both_spellings_and_head_work(client: Browser) -> None:
    assert client.get("/metrics/").status_code == 200
    response = client.head("/metrics")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (HERE, 200),
        ("10.1.255.3", 200),
        ("::ffff:10.1.0.1", 200),
        ("2001:db8::7", 200),
        ("127.0.0.2", 404),
        ("10.2.0.1", 404),
        ("2001:db8:0:1::7", 404),
        ("192.0.2.1", 404),
        ("", 404),
        ("nonsense", 404),
    ],
)
def test_allowed_addresses_may_read(address: str, expected: int, client: Browser) -> None:
    assert status(client, address) == expected


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 404),
        (f"Bearer {TOKEN[:-1]}", 404),
        ("Bearer ", 404),
        ("Bearer", 404),
        ("", 404),
        (TOKEN, 404),
        (f"Basic {TOKEN}", 404),
        ("Bearer né", 404),
    ],
)
def test_the_token_allows_any_address(authorization: str, expected: int, client: Browser) -> None:
    assert status(client, Authorization=authorization) == expected


@pytest.mark.parametrize("authorization", ["Bearer ", "Bearer", ""])
def test_without_a_token_in_the_settings_none_is_accepted(authorization: str, client: Browser, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert status(client, Authorization=authorization) == 404


def test_no_address_is_allowed_by_default(client: Browser, settings: Any) -> None:
    networks(settings)
    assert (status(client, HERE), status(client, HERE, **bearer(TOKEN))) == (404, 200)


def test_other_callers_get_404(client: Browser) -> None:
    for method in (client.get, client.head, client.post, client.delete, client.options):
        hidden, missing = (method(path, REMOTE_ADDR="192.0.2.1") for path in ("/metrics", "/nothing"))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content.replace(b"/metrics", b"/nothing") == missing.content
        assert hidden["Content-Type"] == missing["Content-Type"]


def test_only_get_and_head_are_allowed(client: Browser) -> None:
    for method in (client.post, client.put, client.delete):
        assert method("/metrics").status_code == 405


def test_the_client_address_from_a_trusted_proxy_is_used(client: Browser, settings: Any) -> None:
    claims = {"X-Forwarded-For": f"{HERE}, 10.1.0.1"}
    assert status(client, **claims) == 404
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert status(client, **claims) == 200
    assert status(client, HERE, **{"X-Forwarded-For": f"{HERE}, 192.0.2.1"}) == 404
    assert status(client, HERE, **{"X-Forwarded-For": "nonsense"}) == 404


def test_without_metrics_it_is_404(client: Browser, settings: Any) -> None:
    settings.METRICS = False
    assert status(client, HERE, **bearer(TOKEN)) == 404


def test_while_redis_is_unavailable_it_is_503(
    redis: TCPExecutor, client: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = url_of(redis)
    metrics().count(families.RESERVATIONS, "held")
    assert client.get("/metrics").status_code == 200
    redis.stop()
    response = client.get("/metrics")
    assert (response.status_code, response.content) == (503, b"Redis is unavailable, and so are the counts.\n")
    assert "no-store" in response["Cache-Control"]
    redis.start()
    assert client.get("/metrics").status_code == 200
    assert len(process._metrics) == 2


@pytest.mark.parametrize("text", ["elsewhere", "10.1.0.1/16", "10.1.0.0/33", "10.1", "127.0.0.1,everywhere"])
def test_an_invalid_address_stops_the_start(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_ADDRESSES", text)
    with pytest.raises(ImproperlyConfigured, match="METRICS_ADDRESSES has addresses and networks"):
        Environment().networks("METRICS_ADDRESSES", default=[])
