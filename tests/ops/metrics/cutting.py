"""A proxy between a process and Redis that drops requests or responses."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers import HOST

BATCH = b"EVALSHA"
LONGEST = 1 << 20


class Cutting:
    """Passes all on, but for `lost`: of the next batch the request or the answer, and then the connection."""

    def __init__(self, redis_port: int) -> None:
        self.redis_port = redis_port
        self.lost: str | None = None
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]

    def serve(self) -> None:
        with suppress(OSError):  # it is closed when the test ends
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.pass_on, args=(client,), daemon=True).start()

    def pass_on(self, client: socket.socket) -> None:
        """One request after the other: each fits into one piece here, and so does each answer."""
        with client, suppress(OSError), socket.create_connection((HOST, self.redis_port)) as redis:
            while request := client.recv(LONGEST):
                lost = self.lost if BATCH in request else None
                if lost:
                    self.lost = None
                if lost == "request":
                    return
                redis.sendall(request)
                answer = redis.recv(LONGEST)
                if lost == "answer" or not answer:
                    return
                client.sendall(answer)


@contextmanager
def cutting(redis_port: int) -> Iterator[Cutting]:
    """Between a port of its own and this Redis."""
    between = Cutting(redis_port)
    thread = threading.Thread(target=between.serve, daemon=True)
    thread.start()
    try:
        yield between
    finally:
        between.listener.shutdown(socket.SHUT_RDWR)
        between.listener.close()
        thread.join()
