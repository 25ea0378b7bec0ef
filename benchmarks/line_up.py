"""Who is measured: ours, in each of its ways, and what others would have written, all on one database."""

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
from benchmarks.titles import OURS, PEERS
from benchmarks.work import Work


def by_document(work: Work) -> bytes:
    return post("/graphql", {"query": work.document, "variables": work.variables})


def by_hash(work: Work) -> bytes:
    """A GET by persisted query, which proxies may keep."""
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(work.document.encode()).hexdigest()}}
    asked = {"variables": json.dumps(work.variables), "extensions": json.dumps(persisted)}
    return get("/graphql?" + urlencode(asked))


def by_path(prefix: str) -> Callable[[Work], bytes]:
    return lambda work: post(f"{prefix}/{work.path}", {"variables": work.variables})


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One of those that are measured.

    name: what the committed figures call it. request: how it is asked for a work.
    lacks: the paths of the works that it does not know.
    """

    name: str
    server: Server
    request: Callable[[Work], bytes]
    lacks: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return PEERS[self.name]

    def answer(self, work: Work) -> Any:
        with Connection(self.server.address) as connection:
            return json.loads(connection.ask(self.request(work)))


@contextmanager
def line_up(database_url: str) -> Iterator[list[Peer]]:
    """Everybody, up and running. What starts takes its time at the same time."""
    with ExitStack() as stack:
        start = stack.enter_context
        memcached_url = start(servers.memcached())
        ours = start(servers.gunicorn(database_url))
        standard = start(servers.gunicorn(database_url, GRAPHQL_EXECUTOR="standard"))
        kept = start(servers.gunicorn(database_url, MEMCACHED_URL=memcached_url, TRUSTED_PROXY_COUNT="1"))
        nginx = start(servers.nginx(kept))
        stock = start(servers.django(database_url, "stock"))
        optimised = start(servers.django(database_url, "optimised"))
        views = start(servers.django(database_url, "views"))
        floor = start(servers.gunicorn(database_url, "benchmarks.peers.floor"))
        apollo = start(servers.node(database_url, "apollo"))
        mercurius = start(servers.node(database_url, "mercurius"))
        no_calendars = frozenset({"calendars"})
        peers = [
            Peer(name=OURS, server=ours, request=by_document),
            Peer(name="standard", server=standard, request=by_document),
            Peer(name="memcached", server=kept, request=by_document),
            Peer(name="nginx", server=nginx, request=by_hash),
            Peer(name="stock", server=stock, request=by_document),
            Peer(name="strawberry", server=optimised, request=by_document),
            Peer(name="apollo", server=apollo, request=by_document),
            Peer(name="mercurius", server=mercurius, request=by_document),
            Peer(name="join", server=views, request=by_path("/join"), lacks=no_calendars),
            Peer(name="two", server=views, request=by_path("/two")),
            Peer(name="ours-two", server=ours, request=by_path("/peer/two")),
            Peer(name="floor", server=floor, request=by_path("")),
        ]
        for peer in peers:
            peer.server.wait()
        yield peers


def those_who_know(peers: list[Peer], work: Work) -> list[Peer]:
    """Ours first, and everybody who knows this work. Raises Failed when one of them answers something else."""
    mine, *others = [peer for peer in peers if work.path not in peer.lacks]
    register(others, work)
    expected = mine.answer(work)
    if "errors" in expected:
        raise Failed(expected)
    for peer in others:
        if (told := peer.answer(work)) != expected:
            raise Failed(
                f"{peer.title} answers something else for {work.title}: {str(told)[:500]}\n{str(expected)[:500]}"
            )
    return [mine, *others]


def register(peers: list[Peer], work: Work) -> None:
    """Tell the document to those who are asked for it by its hash."""
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(work.document.encode()).hexdigest()}}
    for peer in peers:
        if peer.request is by_hash:
            told = {"query": work.document, "variables": work.variables, "extensions": persisted}
            with Connection(peer.server.address) as connection:
                connection.ask(post("/graphql", told))
