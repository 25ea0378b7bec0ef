"""Ten thousand malformed bodies: each is refused, and none takes memory."""

import itertools
import json
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.faults.api_client import ApiClient

pytestmark = pytest.mark.faults

BODIES, WARM_UP, CLIENTS = 10_000, 3_000, 4
GROWTH = 1.05


def bodies(seed):
    """Yields bodies that are malformed in all kinds of ways."""
    chance = random.Random(seed)
    while True:
        number = chance.getrandbits(64)
        yield from (
            b"",
            chance.randbytes(chance.randrange(1, 2000)),
            b'{"query": "{ __typename }"',
            b'{"query": "{ __typename }"}' * 2,
            b'{"query": "\xff\xfe"}',
            b"[" * chance.randrange(33, 5000),
            b"[]",
            b"null",
            b'"%d"' % number,
            json.dumps([{"query": "{ __typename }"}] * chance.randrange(1, 100)).encode(),
            json.dumps({"query": number}).encode(),
            json.dumps({"query": f"{{ {chr(0x1F600)}{number} "}).encode(),
            json.dumps({"query": f"{{ field{number} }}"}).encode(),
            json.dumps({"query": "{" * chance.randrange(1, 900)}).encode(),
            json.dumps({"query": "{ __typename }", "variables": [number]}).encode(),
            json.dumps({"query": "{ __typename }", "operationName": f"Name{number}"}).encode(),
            json.dumps({"documentId": f"sha256:{number}"}).encode(),
            json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": f"{number:064x}"}}}).encode(),
            json.dumps({"x" * chance.randrange(1, 50_000): number}).encode(),
            json.dumps({"query": "x" * 140_000}).encode(),
        )


@pytest.fixture
def send(port):
    """Sends this many bodies over a few connections; returns the statuses."""
    seeds = itertools.count()

    def send_some(number):
        with closing(ApiClient(port)) as api_client:
            return [
                api_client.send("", "POST", "/graphql/", body, Accept="application/graphql-response+json").status
                for body in itertools.islice(bodies(next(seeds)), number)
            ]

    def send(number):
        with ThreadPoolExecutor(CLIENTS) as threads:
            return list(itertools.chain(*threads.map(send_some, [number // CLIENTS] * CLIENTS)))

    return send


def test_malformed_bodies_are_refused_and_take_no_memory(stack, send):
    # One worker, which gets all bodies: of two, one might get most of the warm-up.
    stack.restart("app", GUNICORN_CMD_ARGS="--max-requests 0", WEB_CONCURRENCY="1")
    send(WARM_UP)
    (worker,) = stack.workers()
    before = worker.memory_info().rss
    statuses = send(BODIES)
    after = worker.memory_info().rss
    assert stack.workers() == [worker]

    assert {status for status in statuses if not 400 <= status < 500} == set()
    assert len(statuses) == BODIES
    assert after < GROWTH * before
