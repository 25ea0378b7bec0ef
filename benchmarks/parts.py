"""What the time of a request goes into, by part: where its thread is, looked up a thousand times a second.

The request is made in this process, without HTTP. What HTTP costs is what a function that answers next to nothing costs
gunicorn's workers.
"""

import io
import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from statistics import median
from types import FrameType
from typing import Any

from django.core.wsgi import get_wsgi_application

from benchmarks.client import Failed, post
from benchmarks.committed import Section
from benchmarks.rounds import Turns, repeat
from benchmarks.servers import Server
from benchmarks.work import Work

PARTS = {
    "database": ("/MySQLdb/",),
    "ORM": ("/django/db/", "/reservation/database/"),
    "loaders": (
        "/api/loaders/",
        "/aiodataloader",
        "/reservation/cache/",
        "/reservation/domain/",
        "/reservation/models/",
    ),
    "resolvers": ("/api/query/", "/api/connections.py", "/api/ids.py", "/api/scalars.py", "/api/context.py"),
    "documents": ("/api/documents/", "/api/limits/", "/graphql/language/", "/graphql/validation/"),
    "executor": ("/api/execution/", "/graphql/", "/graphene"),
    "view": ("/api/", "/reservation/rates.py", "/reservation/addresses.py"),
    "Django": ("/django/", "/ops/", "/web/", "/allauth/", "/corsheaders/", "/whitenoise/", "/reservation/"),
}
"""The files of each part. A moment belongs to the first of these that is found from where the thread is outwards."""

OTHER = "other"
INTERVAL_SECONDS = 0.001


def measure(floor: Server, work: Work, *, seconds: float) -> dict[str, Section]:
    """What is kept: milliseconds a request, by part."""
    http = Turns()
    request = post("/nothing", {"variables": {}})
    for _ in range(5):
        http.take(floor, partial(repeat, request), seconds=seconds / 5)
    found, each = sample(work, seconds=seconds)
    moments = sum(found.values())
    by_part = {name: found[name] / moments * each for name in (*PARTS, OTHER)}
    return {"parts": {name: float(f"{ms:.3g}") for name, ms in {"HTTP": median(http.costs), **by_part}.items()}}


def sample(work: Work, *, seconds: float) -> tuple[Counter[str], float]:
    """In how many moments each part was at work, and how many milliseconds a request took."""
    requests = asked(work)
    for _ in range(200):  # to warm up
        next(requests)
    found: Counter[str] = Counter()
    previous = signal.signal(signal.SIGALRM, lambda _signal, frame: found.update([part_of(frame)]))
    began = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, INTERVAL_SECONDS, INTERVAL_SECONDS)
    try:
        count = 0
        while time.perf_counter() - began < seconds:
            next(requests)
            count += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    return found, (time.perf_counter() - began) / count * 1000


def asked(work: Work) -> Iterator[None]:
    """Ask for this work in this process, again and again. Raises Failed when the answer is none."""
    application: Any = get_wsgi_application()
    body = json.dumps({"query": work.document, "variables": work.variables}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/graphql",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    while True:
        response = application({**environ, "wsgi.input": io.BytesIO(body)}, lambda *_: None)
        answer = b"".join(response)
        response.close()
        if b'"errors"' in answer:
            raise Failed(answer.decode())
        yield


def part_of(frame: FrameType | None) -> str:
    while frame is not None:
        if part := part_of_file(frame.f_code.co_filename):
            return part
        frame = frame.f_back
    return OTHER


@cache
def part_of_file(path: str) -> str | None:
    return next((name for name, files in PARTS.items() if any(file in path for file in files)), None)
