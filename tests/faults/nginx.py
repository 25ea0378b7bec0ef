"""nginx alone, in front of an application that a test makes up: what it does when the application misbehaves."""

import getpass
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
from django.conf import settings
from mirakuru import TCPExecutor

from tests.servers import HOST, free_port

PATH = f"{os.environ['PATH']}:/usr/sbin"  # where Debian has nginx
MEMORY = 2**20

Respond = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def application(respond: Respond) -> Iterator[int]:
    """Yields the port of an application that responds so, after it has read the body. It may also write nothing: then
    the connection is closed, as that of a worker that is killed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.close_connection = True
            respond(self)

        do_GET = do_HEAD = do_POST = answer  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1024

        def handle_error(self, *arguments: object) -> None:
            """A client that went away is no error."""

    server = Server((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def respond_with(body: bytes, *, content_type: str = "application/json") -> Respond:
    """Responds with this body and status 200."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


class Nginx:
    """A running nginx, with its port and its directory."""

    def __init__(self, port: int, home: Path, process: psutil.Process) -> None:
        self.port, self.home, self.process = port, home, process

    @property
    def memory(self) -> int:
        """Bytes of its processes, of which shared pages count once, and of its temporary files, which are in memory in
        a container."""
        files = (one.stat().st_size for one in (self.home / "temp").rglob("*") if one.is_file())
        processes = [self.process, *self.process.children()]
        # nginx unlinks its temporary files at once, so that only its descriptors name them.
        return sum(process.memory_full_info().pss for process in processes) + sum(files) + unlinked_bytes(processes)


def unlinked_bytes(processes: list[psutil.Process]) -> int:
    """Bytes of the files that these processes have open, and that have no name."""
    found = {}
    for process in processes:
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                name, status = os.readlink(descriptor), descriptor.stat()
            except OSError:
                continue  # it has been closed meanwhile
            if name.endswith(" (deleted)"):
                found[status.st_ino] = status.st_blocks * 512
    return sum(found.values())


@contextmanager
def run_nginx(home: Path, *, app: int, **variables: str) -> Iterator[Nginx]:
    """Yields nginx in front of the application at this port. variables: as in docs/operations.md."""
    if not shutil.which("nginx", path=PATH):
        subprocess.run([settings.BASE_DIR / "script" / "apt", "nginx-light"], check=True)
    port = free_port()
    environment = {
        "NGINX_HOME": str(home),
        "NGINX_USER": getpass.getuser(),
        "NGINX_LISTEN": f"{HOST}:{port}",
        "NGINX_ACCESS_LOG": f"{home}.log",
        "APP_SERVER": f"{HOST}:{app}",
        "STATIC_ROOT": str(home),
        "TLS_DIRECTORY": f"{home}/no-certificates",
        "PATH": PATH,
        **variables,
    }
    with TCPExecutor(["nginx/run"], host=HOST, port=port, timeout=30, envvars=environment) as executor:
        assert executor.process is not None
        yield Nginx(port, home, psutil.Process(executor.process.pid))
