"""How gunicorn serves the application: `gunicorn -c app-api-django/gunicorn.conf.py reservation.wsgi`.

WEB_CONCURRENCY is the number of processes (default: one more than there are CPUs), WEB_THREADS the number of threads in
each process (default: 2). DRAIN_SECONDS is how long readiness fails before the workers stop. READY_MESSAGE is printed
once the server accepts requests.

In production it needs a proxy in front that buffers request bodies, such as nginx: a slow body blocks a thread.
"""

import gc
import os
import time
from contextlib import suppress
from pathlib import Path

import environ

environ.Env.read_env(Path(__file__).resolve().parent.parent / ".env")

worker_class = "gthread"
# One more than there are CPUs: one can wait for the database while the others keep the CPUs busy (decision 38).
# settings.PROCESSES follows the same rule.
workers = int(os.environ.get("WEB_CONCURRENCY") or 1 + (os.cpu_count() or 1))
# So that a slow statement does not keep all other requests of its process waiting.
threads = int(os.environ.get("WEB_THREADS") or 2)
preload_app = True  # load the application once; forked workers share its memory pages

limit_request_line = 8190  # a longer document is sent by POST, or as the hash of a persisted query
timeout = 20
graceful_timeout = 30
# Longer than a proxy keeps an idle connection, so that the proxy closes it first and never sends a request on one that
# gunicorn is closing. A stopping worker serves idle connections for 2 more seconds; nginx keeps them for 1.
keepalive = 75
max_requests = 10_000
max_requests_jitter = 1_000  # workers restart one by one
control_socket_disable = True

# The file that holds a worker's heartbeat: in memory, it never waits for a disk.
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"

# gunicorn's logs are JSON lines, as the application's are, except on a terminal.
is_production = os.environ.get("DJANGO_SETTINGS_MODULE", "settings.production") == "settings.production"
if (os.environ.get("LOG_FORMAT") or ("json" if is_production else "text")) == "json":
    logger_class = "ops.access_log.AccessLogger"
    accesslog = "-"
    logconfig_dict = {
        "formatters": {"json": {"()": "ops.logs.JsonFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            name: {"handlers": ["console"], "level": "INFO", "propagate": False}
            for name in ("gunicorn.error", "gunicorn.access")
        },
    }


def when_ready(server):
    """Runs in the master process: the application is loaded, and no worker is forked yet."""
    from django.db import connections

    from ops.draining import drain
    from ops.single_write import use_single_write

    use_single_write()
    stop = server.handle_term

    def drain_and_stop():
        """On SIGTERM: fail readiness first, so that load balancers stop sending requests, then stop as usual."""
        drain()
        time.sleep(int(os.environ.get("DRAIN_SECONDS") or 0))
        stop()

    server.handle_term = drain_and_stop

    connections.close_all()  # two processes must not share a database connection
    gc.collect()
    gc.freeze()  # a garbage collection in a worker would write to every shared page, and so copy it

    if message := os.environ.get("READY_MESSAGE"):
        print(message, flush=True)


def post_request(worker, request, environ, response):
    """Reads the rest of a request body that the application has not read, up to nginx's limit for bodies.

    gunicorn reads 64 KiB, and closes the connection when there is more, although its response said keep-alive: the next
    request on that connection would fail, and a proxy may send anybody's there.
    """
    body = environ.get("wsgi.input")  # None when the request could not be parsed
    if body is None or not getattr(body.reader, "length", 1):
        return
    left = 256 * 1024
    with suppress(OSError):
        environ["gunicorn.socket"].settimeout(5)
        while left > 0 and (part := body.read(8192)):
            left -= len(part)
        environ["gunicorn.socket"].settimeout(None)
