"""The peers: this API in several configurations, and other implementations of it, all on one database."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from benchmarks import servers
from benchmarks.client import Connection, Failed, get, post
from benchmarks.servers import Server
from benchmarks.titles import API, PEERS
from benchmarks.workloads import Workload


def by_document(workload: Workload) -> bytes:
    return post("/graphql", {"query": workload.document, "variables": workload.variables})


def by_hash(workload: Workload) -> bytes:
    """Returns a GET by persisted query, which proxies may cache."""
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(workload.document.encode()).hexdigest()}}
    query = {"variables": json.dumps(workload.variables), "extensions": json.dumps(persisted)}
    return get("/graphql?" + urlencode(query))


def by_path(prefix: str) -> Callable[[Workload], bytes]:
    return lambda workload: post(f"{prefix}/{workload.path}", {"variables": workload.variables})


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A server that is measured, and how it is called.

    name: its key in the committed figures. request: makes the request of a workload.
    unsupported: the paths of the workloads that it lacks.
    """

    name: str
    server: Server
    request: Callable[[Workload], bytes]
    unsupported: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return PEERS[self.name]

    def fetch(self, workload: Workload) -> Any:
        with Connection(self.server.address) as connection:
            return json.loads(connection.fetch(self.request(workload)))


@contextmanager
def line_up(database_url: str) -> Iterator[list[Peer]]:
    """Yields all peers, running; they start at the same time."""
    with ExitStack() as stack:
        start = stack.enter_context
        memcached_url = start(servers.memcached())
        api = start(servers.gunicorn(database_url))
        standard = start(servers.gunicorn(database_url, GRAPHQL_EXECUTOR="standard"))
        cached = start(servers.gunicorn(database_url, MEMCACHED_URL=memcached_url, TRUSTED_PROXY_COUNT="1"))
        nginx = start(servers.nginx(cached))
        stock = start(servers.django(database_url, "stock"))
        optimised = start(servers.django(database_url, "optimised"))
        views = start(servers.django(database_url, "views"))
        floor = start(servers.gunicorn(database_url, "benchmarks.peers.floor"))
        apollo = start(servers.node(database_url, "apollo"))
        mercurius = start(servers.node(database_url, "mercurius"))
        no_calendars = frozenset({"calendars"})
        peers = [
            Peer(name=API, server=api, request=by_document),
            Peer(name="standard", server=standard, request=by_document),
            Peer(name="memcached", server=cached, request=by_document),
            Peer(name="nginx", server=nginx, request=by_hash),
            Peer(name="stock", server=stock, request=by_document),
            Peer(name="strawberry", server=optimised, request=by_document),
            Peer(name="apollo", server=apollo, request=by_document),
            Peer(name="mercurius", server=mercurius, request=by_document),
            Peer(name="join", server=views, request=by_path("/join"), unsupported=no_calendars),
            Peer(name="two", server=views, request=by_path("/two")),
            Peer(name="api-two", server=api, request=by_path("/peer/two")),
            Peer(name="floor", server=floor, request=by_path("")),
        ]
        for peer in peers:
            peer.server.wait()
        yield peers


def peers_with(peers: list[Peer], workload: Workload) -> list[Peer]:
    """Returns the peers that support this workload, this API first. Raises Failed when two return different data."""
    first, *others = [peer for peer in peers if workload.path not in peer.unsupported]
    register(others, workload)
    expected = first.fetch(workload)
    if "errors" in expected:
        raise Failed(expected)
    for peer in others:
        if (received := peer.fetch(workload)) != expected:
            differences = f"{str(received)[:500]}\n{str(expected)[:500]}"
            raise Failed(f"{peer.title} returns different data for {workload.title}: {differences}")
    return [first, *others]


def register(peers: list[Peer], workload: Workload) -> None:
    """Registers the document at the peers that are called by its hash."""
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(workload.document.encode()).hexdigest()}}
    for peer in peers:
        if peer.request is by_hash:
            registration = {"query": workload.document, "variables": workload.variables, "extensions": persisted}
            with Connection(peer.server.address) as connection:
                connection.fetch(post("/graphql", registration))
