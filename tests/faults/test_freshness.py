"""No answer is older than promised: readers and writers in processes of their own, and every answer is held against the
log of what was acknowledged."""

import random
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest

from tests.faults.stack import wait_until
from tests.faults.visitor import RESERVE, Visitor, reservation_in
from tests.servers import HOST
from tests.stores import dump_memcached

pytestmark = pytest.mark.faults

OLDEST_SECONDS = 1.0
"""Through nginx: what is asked for in a second of its clock was answered in it."""

CLOCK_SECONDS = 0.05
"""nginx reads its clock once for all that has come in meanwhile."""

WRITERS, READERS = 2, 2
OPEN = (
    "query($from: DateTime!, $before: DateTime!) {"
    " openAppointments(filter: {startsFrom: $from, startsBefore: $before}, first: 100) { nodes { id } } }"
)


def read(visitor, variables, by_get=False):
    """The ids that are open."""
    if by_get:
        answer = visitor.read_by_hash(OPEN, **variables)
    else:
        answer = visitor.ask("", "POST", "/graphql/", {"query": OPEN, "variables": variables})
    return [node["id"] for node in answer.body["data"]["openAppointments"]["nodes"]]


def share(start, is_over):
    """What all processes have in common: they begin together, and readers go on until the writers are done."""
    global together, writing_is_over
    together, writing_is_over = start, is_over


def write_all(port, work):
    """Reserve these appointments, each by its client; answers when each was acknowledged."""
    acknowledged = {}
    together.wait()
    with closing(Visitor(port)) as visitor:
        for token, appointment in work:
            time.sleep(random.uniform(0, 0.3))
            if reservation_in(visitor.mutate(RESERVE, token, uuid.uuid4().hex, appointmentId=appointment)):
                acknowledged[appointment] = time.monotonic()
    return acknowledged


def read_all(port, variables, by_get):
    """Every answer, with when it was asked for."""
    answers = []
    together.wait()
    with closing(Visitor(port)) as visitor:
        while not writing_is_over.is_set():
            asked = time.monotonic()
            answers.append((asked, read(visitor, variables, by_get)))
    return answers


def ages(answers, acknowledged):
    """How old each answer was at least, when it was asked for: it shows as open what had been reserved so long ago."""
    return [
        max((asked - acknowledged[one] for one in found if one in acknowledged), default=0.0)
        for asked, found in answers
    ]


def test_no_answer_is_older_than_promised(stack, crowd):
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    variables = {"from": start.isoformat(), "before": (start + timedelta(days=20)).isoformat()}
    nginx, app = stack.port("nginx"), stack.port("app")
    with closing(Visitor(app)) as visitor:
        work = list(zip(crowd.tokens, read(visitor, variables), strict=False))
    # Monotonic clocks are the machine's, so those of several processes agree.
    context = get_context("spawn")
    number = WRITERS + 2 * READERS
    begin, is_over = context.Barrier(number), context.Event()
    with ProcessPoolExecutor(number, mp_context=context, initializer=share, initargs=(begin, is_over)) as processes:
        try:
            through_nginx, from_memcached = (
                [processes.submit(read_all, port, variables, by_get) for _ in range(READERS)]
                for port, by_get in ((nginx, True), (app, False))
            )
            writers = [processes.submit(write_all, app, work[place::WRITERS]) for place in range(WRITERS)]
            wait_until(lambda: keys_of_answers(stack))
            acknowledged = {one: at for writer in writers for one, at in writer.result().items()}
        finally:
            is_over.set()
    kept_ages, nginx_ages = (
        ages([answer for reader in readers for answer in reader.result()], acknowledged)
        for readers in (from_memcached, through_nginx)
    )
    print(f"{len(acknowledged)} changes, {len(kept_ages)} answers of the application, {len(nginx_ages)} of nginx")

    assert len(acknowledged) > len(work) / 2
    assert max(kept_ages) <= 0
    assert 0 < max(nginx_ages) <= OLDEST_SECONDS + CLOCK_SECONDS


def keys_of_answers(stack):
    """What the application keeps whole."""
    found = dump_memcached(f"memcached://{HOST}:{stack.port('memcached')}")
    return [key for key in found if key.startswith("answers:") and "claim" not in key]
