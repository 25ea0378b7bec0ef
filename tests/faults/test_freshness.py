"""No response is older than promised. Readers and writers run in processes of their own, and every response is compared
with the log of acknowledged changes."""

import random
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest

from tests.faults.api_client import RESERVE, ApiClient, reservation_in
from tests.faults.stack import wait_until
from tests.servers import HOST
from tests.stores import dump_memcached

pytestmark = pytest.mark.faults

MAX_AGE_SECONDS = 1.0
"""Through nginx, which serves a cached response only within the same second of its clock."""

CLOCK_SECONDS = 0.05
"""How late nginx's clock may be, which it reads once for all events that have arrived meanwhile."""

WRITERS, READERS = 2, 2
OPEN = (
    "query($from: DateTime!, $before: DateTime!) {"
    " openAppointments(filter: {startsFrom: $from, startsBefore: $before}, first: 100) { nodes { id } } }"
)


def read(api_client, variables, by_get=False):
    """Returns the ids of the open appointments."""
    if by_get:
        request = api_client.read_by_hash(OPEN, **variables)
    else:
        request = api_client.send("", "POST", "/graphql/", {"query": OPEN, "variables": variables})
    return [node["id"] for node in request.body["data"]["openAppointments"]["nodes"]]


def initialise(barrier, event):
    """Prepares a process: all begin at the barrier, and readers go on until the event, when the writers are done."""
    global start, is_over
    start, is_over = barrier, event


def write_all(port, work):
    """Reserves these appointments, each by its client; returns when each was acknowledged."""
    acknowledged = {}
    start.wait()
    with closing(ApiClient(port)) as api_client:
        for token, appointment in work:
            time.sleep(random.uniform(0, 0.3))
            if reservation_in(api_client.mutate(RESERVE, token, uuid.uuid4().hex, appointmentId=appointment)):
                acknowledged[appointment] = time.monotonic()
    return acknowledged


def read_all(port, variables, by_get):
    """Returns every response with the time of its request."""
    responses = []
    start.wait()
    with closing(ApiClient(port)) as api_client:
        while not is_over.is_set():
            requested_at = time.monotonic()
            responses.append((requested_at, read(api_client, variables, by_get)))
    return responses


def ages(responses, acknowledged):
    """How many seconds before each request an appointment was reserved that its response still shows as open."""
    return [
        max((requested_at - acknowledged[one] for one in found if one in acknowledged), default=0.0)
        for requested_at, found in responses
    ]


def test_no_response_is_older_than_promised(stack, crowd):
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    variables = {"from": start.isoformat(), "before": (start + timedelta(days=20)).isoformat()}
    nginx, app = stack.port("nginx"), stack.port("app")
    with closing(ApiClient(app)) as api_client:
        work = list(zip(crowd.tokens, read(api_client, variables), strict=False))
    # Monotonic clocks are the machine's, so those of several processes agree.
    context = get_context("spawn")
    number = WRITERS + 2 * READERS
    barrier, is_over = context.Barrier(number), context.Event()
    shared = {"initializer": initialise, "initargs": (barrier, is_over)}
    with ProcessPoolExecutor(number, mp_context=context, **shared) as processes:
        try:
            through_nginx, from_memcached = (
                [processes.submit(read_all, port, variables, by_get) for _ in range(READERS)]
                for port, by_get in ((nginx, True), (app, False))
            )
            writers = [processes.submit(write_all, app, work[place::WRITERS]) for place in range(WRITERS)]
            wait_until(lambda: cached_responses(stack))
            acknowledged = {one: at for writer in writers for one, at in writer.result().items()}
        finally:
            is_over.set()
    cached_ages, nginx_ages = (
        ages([response for reader in readers for response in reader.result()], acknowledged)
        for readers in (from_memcached, through_nginx)
    )
    print(f"{len(acknowledged)} changes, {len(cached_ages)} responses of the application, {len(nginx_ages)} of nginx")

    assert len(acknowledged) > len(work) / 2
    assert max(cached_ages) <= 0
    assert 0 < max(nginx_ages) <= MAX_AGE_SECONDS + CLOCK_SECONDS


def cached_responses(stack):
    """The keys of the response cache, without those of single-flight locks."""
    found = dump_memcached(f"memcached://{HOST}:{stack.port('memcached')}")
    return [key for key in found if key.startswith("answers:") and "lock:" not in key]
