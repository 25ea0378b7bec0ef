"""Headers that nginx adds to responses, each once."""

import json
import re
from http.client import HTTPConnection

import pytest

from tests.servers import HOST

pytestmark = pytest.mark.faults

SECURITY = ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]


@pytest.fixture
def get(port):
    def get(path, **headers):
        connection = HTTPConnection(HOST, port, timeout=30)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    return get


@pytest.fixture
def style_sheet(stack):
    """The path of a file with a hashed name."""
    names = json.loads((stack.home / "static" / "staticfiles.json").read_text())["paths"]
    return f"/static/{names['admin/css/base.css']}"


def test_every_response_has_each_security_header_once(get, style_sheet):
    for path in ("/", "/graphql/?query={__typename}", "/health/", "/metrics", "/static/nothing", style_sheet):
        headers = get(path).headers
        assert {name: len(headers.get_all(name, [])) for name in SECURITY} == dict.fromkeys(SECURITY, 1), path
        assert headers.get_all("Server") == ["nginx"]


def test_every_response_has_a_request_id_from_nginx(get, style_sheet):
    for path in ("/", "/graphql/?query={__typename}", "/metrics", style_sheet):
        ids = get(path, X_Request_ID="mine").headers.get_all("X-Request-ID")
        assert len(ids) == 1
        assert re.fullmatch(r"[0-9a-f]{32}", ids[0])


def test_a_file_with_a_hashed_name_is_cached_for_a_year(get, style_sheet):
    response = get(style_sheet, Accept_Encoding="gzip")

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert "immutable" not in get("/static/admin/css/base.css").headers["Cache-Control"]


def test_long_responses_are_compressed_in_both_media_types(get):
    path = "/graphql/?query={providers(first:10){nodes{id,name,bio,timeZone,services{nodes{id,name,description}}}}}"
    for media_type in ("application/json", "application/graphql-response+json"):
        response = get(path, Accept=media_type, Accept_Encoding="gzip")
        assert response.status == 200
        assert response.headers["Content-Type"].startswith(media_type)
        assert response.headers["Content-Encoding"] == "gzip"
