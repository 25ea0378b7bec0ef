"""A gate before a server: it lets through, refuses, swallows what is sent, or delays it, as a test says."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep

from tests.servers import HOST


class Gate:
    """Forwards connections to a port on this host. connections: how many were accepted."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.connections = 0
        self.swallows = False
        self.delay: Callable[[], float] = float
        self.lock = threading.Lock()
        self.sockets: set[socket.socket] = set()
        self.listener = self.listen(0)
        self.port = int(self.listener.getsockname()[1])

    def listen(self, port: int) -> socket.socket:
        listener = socket.create_server((HOST, port), backlog=128)
        threading.Thread(target=self.accept, args=[listener], daemon=True).start()
        return listener

    def open(self) -> None:
        """Lets everything through from now on. What was swallowed is lost."""
        self.delay, self.swallows = float, False
        if self.listener.fileno() < 0:
            self.listener = self.listen(self.port)
        else:
            self.break_connections()

    def refuse(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.listener.close()
        self.break_connections()

    def swallow(self) -> None:
        """Accepts connections, and neither forwards nor answers anything."""
        self.swallows = True

    def slow_down(self, delay: Callable[[], float]) -> None:
        """Forwards each part of a request after so many seconds."""
        self.delay = delay

    def break_connections(self) -> None:
        with self.lock:
            sockets, self.sockets = self.sockets, set()
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=[client], daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection((HOST, self.target)) as server:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.sockets |= {client, server}
            back = threading.Thread(target=self.pump, args=[server, client], daemon=True)
            back.start()
            self.pump(client, server, is_request=True)
            back.join()
            with self.lock:
                self.sockets -= {client, server}

    def pump(self, source: socket.socket, sink: socket.socket, *, is_request: bool = False) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                if is_request and (seconds := self.delay()):
                    sleep(seconds)
                if not self.swallows:
                    sink.sendall(part)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def gate_before(target: int) -> Iterator[Gate]:
    gate = Gate(target)
    try:
        yield gate
    finally:
        gate.refuse()
