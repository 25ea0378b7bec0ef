"""How gunicorn serves the application: `gunicorn -c app-api-django/gunicorn.conf.py reservation.wsgi`.

WEB_CONCURRENCY is the number of processes (default: one a CPU), WEB_THREADS that of threads in each (default: 4).
DRAIN_SECONDS is for how long readiness says no before the workers stop; READY_MESSAGE is printed when the server
answers.

In production a proxy stands before it that reads requests whole, as nginx does: a thread waits for a body that is slow.
"""

import gc
import os
import time
from contextlib import suppress
from pathlib import Path

import environ

environ.Env.read_env(Path(__file__).resolve().parent.parent / ".env")

# Threads, each with a database connection of its own: a request costs less CPU than under an event loop.
worker_class = "ops.worker.BalancedWorker"
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True  # load once, share the pages

limit_request_line = 8190  # a document that is longer goes by POST, or by its hash
timeout = 20
graceful_timeout = 30
# Longer than a proxy keeps an idle connection, so that it is the proxy who closes. A worker that ends keeps it for 2
# seconds more, and answers with `Connection: close`: nginx keeps one for 1 second, so no request meets a closed one.
keepalive = 75
max_requests = 10_000
max_requests_jitter = 1_000  # workers are renewed one by one
control_socket_disable = True

# A worker's heartbeat is a file: in memory, it never waits for a disk.
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"

# An object a line, for gunicorn as for the application. A terminal is better off without.
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
    """The application is loaded and no worker forked yet."""
    from django.db import connections

    from ops.draining import drain
    from ops.single_write import write_whole_answers

    write_whole_answers()
    stop = server.handle_term

    def drain_and_stop():
        """On SIGTERM: let load balancers notice, and then stop as ever."""
        drain()
        time.sleep(int(os.environ.get("DRAIN_SECONDS") or 0))
        stop()

    server.handle_term = drain_and_stop

    connections.close_all()  # a connection that two processes share garbles both their conversations
    gc.collect()
    gc.freeze()  # a collection in a worker would touch, and so copy, every page that it shares with the others

    if message := os.environ.get("READY_MESSAGE"):
        print(message, flush=True)


def child_exit(server, worker):
    if hasattr(worker, "leave"):  # another class may have been asked for on the command line
        worker.leave()


def post_request(worker, request, environ, response):
    """Read what the application did not of a body that it refused, up to as much as the proxy lets through.

    gunicorn reads 64 KiB, and closes the connection over more, although its answer has promised to keep it: the next
    request there, which may be anybody's, would fail.
    """
    body = environ.get("wsgi.input")  # of what could not be read as a request, there is none
    if body is None or not getattr(body.reader, "length", 1):
        return
    left = 256 * 1024
    with suppress(OSError):
        environ["gunicorn.socket"].settimeout(5)
        while left > 0 and (part := body.read(8192)):
            left -= len(part)
        environ["gunicorn.socket"].settimeout(None)
