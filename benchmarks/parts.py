"""The time of a request by part: a timer samples the stack of its thread a thousand times a second.

The request is made in this process, without HTTP. The cost of HTTP is what gunicorn's workers take for a function that
returns next to nothing.
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
from benchmarks.servers import ROOT, Server
from benchmarks.workloads import Workload

PARTS = {
    "database": ("/MySQLdb/",),
    "ORM": ("/django/db/", "database/"),
    "loaders": ("api/loaders/", "/aiodataloader", "cache/", "reservation/domain/", "reservation/models/"),
    "resolvers": ("api/query/", "api/types/", "api/context.py"),
    "documents": ("api/documents/", "api/limits/", "/graphql/language/", "/graphql/validation/"),
    "executor": ("api/execution/", "/graphql/", "/graphene"),
    "view": ("api/", "accounts/", "ops/rate_limit.py", "ops/client_address.py"),
    "Django": ("/django/", "ops/", "web/", "staff/", "reservation/", "/allauth/", "/corsheaders/", "/whitenoise/"),
}
"""The files of each part: of libraries with a slash before them, of this checkout by their path in it.

A sample belongs to the first part that has a file of the stack, from the innermost frame outwards; among the parts of a
file, to the first.
"""

OTHER = "other"
INTERVAL_SECONDS = 0.001


def measure(floor: Server, workload: Workload, *, seconds: float) -> dict[str, Section]:
    """Returns the section of the committed figures: milliseconds a request, by part."""
    http = Turns()
    request = post("/nothing", {"variables": {}})
    for _ in range(5):
        http.measure_turn(floor, partial(repeat, request), seconds=seconds / 5)
    found, each = sample(workload, seconds=seconds)
    samples = sum(found.values())
    by_part = {name: found[name] / samples * each for name in (*PARTS, OTHER)}
    return {"parts": {name: float(f"{ms:.3g}") for name, ms in {"HTTP": median(http.costs), **by_part}.items()}}


def sample(workload: Workload, *, seconds: float) -> tuple[Counter[str], float]:
    """Returns the number of samples of each part, and the milliseconds of a request."""
    requests = requests_to(workload)
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


def requests_to(workload: Workload) -> Iterator[None]:
    """Makes the request of this workload in this process at each step. Raises Failed for an error."""
    application: Any = get_wsgi_application()
    body = json.dumps({"query": workload.document, "variables": workload.variables}).encode()
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
        content = b"".join(response)
        response.close()
        if b'"errors"' in content:
            raise Failed(content.decode())
        yield


def part_of(frame: FrameType | None) -> str:
    while frame is not None:
        if part := part_of_file(frame.f_code.co_filename):
            return part
        frame = frame.f_back
    return OTHER


@cache
def part_of_file(path: str) -> str | None:
    own = path.removeprefix(f"{ROOT}/")
    return next((name for name, files in PARTS.items() if any(is_among(own, file) for file in files)), None)


def is_among(path: str, file: str) -> bool:
    return file in path if file.startswith("/") else path.startswith(file)
