"""A proxy between a process and Redis that drops requests or responses."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers import HOST

BATCH = b"EVALSHA"
LONGEST = 1 << 20


class DroppingProxy:
    """Forwards everything, but drops the next batch's request or response, as `lost` says, and disconnects."""

    def __init__(self, redis_port: int) -> None:
        self.redis_port = redis_port
        self.lost: str | None = None
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]

    def serve(self) -> None:
        with suppress(OSError):  # the listener is closed when the test ends
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client: socket.socket) -> None:
        """Forward one request after the other: in these tests each request and each response fits into one read."""
        with client, suppress(OSError), socket.create_connection((HOST, self.redis_port)) as redis:
            while request := client.recv(LONGEST):
                lost = self.lost if BATCH in request else None
                if lost:
                    self.lost = None
                if lost == "request":
                    return
                redis.sendall(request)
                response = redis.recv(LONGEST)
                if lost == "answer" or not response:
                    return
                client.sendall(response)


@contextmanager
def dropping_proxy(redis_port: int) -> Iterator[DroppingProxy]:
    """A running proxy, which listens on its own port and connects to this Redis."""
    proxy = DroppingProxy(redis_port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
        thread.join()
