"""nginx with certificates: HTTP redirects to HTTPS, except for certbot's challenges and health checks."""

import getpass
import os
import shutil
import ssl
import subprocess
from http.client import HTTPConnection, HTTPSConnection

import pytest
from mirakuru import TCPExecutor

from tests.servers import HOST, free_port

pytestmark = pytest.mark.faults


@pytest.fixture
def ports(stack, tmp_path):
    """The ports for HTTP and HTTPS of a second nginx in front of the same application."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    tls, challenges = tmp_path / "tls", tmp_path / "acme" / ".well-known" / "acme-challenge"
    tls.mkdir()
    challenges.mkdir(parents=True)
    (challenges / "token").write_text("proof")
    key, certificate = tls / "privkey.pem", tls / "fullchain.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "1", "-subj", "/CN=localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    http, https = free_port(), free_port()
    variables = {
        "NGINX_HOME": str(tmp_path / "nginx"),
        "NGINX_USER": getpass.getuser(),
        "NGINX_LISTEN": f"{HOST}:{http}",
        "NGINX_LISTEN_TLS": f"{HOST}:{https}",
        "NGINX_ACCESS_LOG": str(tmp_path / "log"),
        "APP_SERVER": f"{HOST}:{stack.port('app')}",
        "STATIC_ROOT": str(stack.home / "static"),
        "TLS_DIRECTORY": str(tls),
        "ACME_DIRECTORY": str(tmp_path / "acme"),
        "PATH": f"{os.environ['PATH']}:/usr/sbin",
    }
    with TCPExecutor(["nginx/run"], host=HOST, port=https, timeout=30, envvars=variables):
        yield http, https


def get(connection, path, **headers):
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def test_https_is_served_and_http_redirects_to_it(ports):
    http, https = ports
    plain = HTTPConnection(HOST, http, timeout=30)
    # The certificate is self-signed.
    encrypted = HTTPSConnection(HOST, https, timeout=30, context=ssl._create_unverified_context())

    home = get(encrypted, "/")
    assert home.status == 200
    assert home.headers.get_all("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains; preload"]
    static = get(encrypted, "/static/admin/css/base.css")
    assert static.headers.get_all("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains; preload"]

    moved = get(plain, "/graphql/?query=%7B__typename%7D", Host="appointments.example")
    assert (moved.status, moved.headers["Location"]) == (
        308,
        "https://appointments.example/graphql/?query=%7B__typename%7D",
    )
    assert get(plain, "/.well-known/acme-challenge/token").body == b"proof"
    assert get(plain, "/health/live/").status == 200
    assert get(plain, "/metrics").status == 308
    assert get(encrypted, "/metrics").status == 404
