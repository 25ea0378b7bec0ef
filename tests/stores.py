"""The content of a Memcached server, and how to delete it."""

import socket
from urllib.parse import unquote, urlsplit

from pymemcache.client.base import Client


def dump_memcached(url: str) -> dict[str, bytes]:
    """Returns every key with its value."""
    server = urlsplit(url)
    with socket.create_connection((server.hostname, server.port)) as connection:
        connection.sendall(b"lru_crawler metadump all\r\n")
        listed = b""
        while not listed.endswith(b"END\r\n"):
            listed += connection.recv(65536)
    lines = listed.decode().splitlines()
    keys = [unquote(line.removeprefix("key=").partition(" ")[0]) for line in lines if line.startswith("key=")]
    client = Client(server.netloc)
    found = {key: client.get(key) for key in sorted(keys)}
    client.close()
    return {key: value for key, value in found.items() if value is not None}


def empty_memcached(url: str) -> None:
    """Deletes every key. (`flush_all` does not delete items that were written in the same second.)"""
    client = Client(urlsplit(url).netloc)
    for key in dump_memcached(url):
        client.delete(key, noreply=False)
    client.close()
