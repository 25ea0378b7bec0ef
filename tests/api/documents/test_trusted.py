"""Trusted documents: when a manifest is configured, only the documents in it are served."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from api.documents.document import document_hash
from api.documents.trusted import read_manifest
from tests.api.documents.test_persisted import by_hash
from tests.api.test_views import NOBODY, VIEWER, refusal
from tests.conftest import Post

OTHER = "query Other { viewer { email } }"
HASH = document_hash(VIEWER)
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": HASH, "name": "A", "type": "query", "body": VIEWER},
        {"id": "other", "name": "Other", "type": "query", "body": OTHER, "clientName": "web"},
    ],
}
RELAY = {HASH: VIEWER, "other": OTHER}
REFUSED = (200, "PERSISTED_QUERY_NOT_FOUND")


@pytest.fixture(params=[APOLLO, RELAY], ids=["Apollo", "Relay"])
def manifest(request: Any, tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(request.param))
    settings.GRAPHQL_TRUSTED_DOCUMENTS = str(path)


def test_a_trusted_document_is_served_by_its_id_and_in_full(manifest: None, post: Post, client: Any) -> None:
    assert post(by_hash(HASH)).json() == NOBODY
    assert post({"documentId": HASH}).json() == NOBODY
    assert post({"documentId": f"sha256:{HASH}"}).json() == NOBODY
    assert post({"documentId": "other"}).json() == {"data": {"viewer": {"email": None}}}
    assert post({"query": VIEWER}).json() == NOBODY
    assert post({"query": VIEWER, **by_hash(HASH)}).json() == NOBODY
    assert client.get("/graphql/", {"documentId": HASH}).json() == NOBODY


def test_documents_are_found_by_their_id_in_the_manifest_and_by_their_hash(
    tmp_path: Path, post: Post, settings: Any
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"sha256:abc": VIEWER}))
    settings.GRAPHQL_TRUSTED_DOCUMENTS = str(path)
    for body in ({"documentId": "sha256:abc"}, by_hash(HASH), {"query": VIEWER, **by_hash(HASH)}):
        assert post(body).json() == NOBODY
    assert refusal(post({"documentId": "abc"})) == REFUSED


def test_a_process_does_not_start_when_the_manifest_cannot_be_read(settings: Any) -> None:
    settings.GRAPHQL_TRUSTED_DOCUMENTS = "/nowhere"
    with pytest.raises(ImproperlyConfigured):
        apps.get_app_config("api").ready()


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ viewer { email } }"},
        {"query": VIEWER + " "},
        {"query": "{ __schema { queryType { name } } }"},
        {"query": "{"},
        {"documentId": "nothing"},
        {"query": VIEWER, "documentId": "nothing"},
        {"query": OTHER, "documentId": HASH},
        {"query": "{ viewer { email } }", **by_hash(document_hash("{ viewer { email } }"))},
        by_hash(document_hash("{ viewer { email } }")),
    ],
)
def test_any_other_document_is_refused(body: Any, manifest: None, post: Post) -> None:
    assert refusal(post(body)) == REFUSED


def test_a_registered_document_is_not_trusted(manifest: None, post: Post, settings: Any) -> None:
    path, settings.GRAPHQL_TRUSTED_DOCUMENTS = settings.GRAPHQL_TRUSTED_DOCUMENTS, ""
    query = "{ viewer { email } } # registered"
    assert "data" in post({"query": query, **by_hash(document_hash(query))}).json()
    settings.GRAPHQL_TRUSTED_DOCUMENTS = path
    assert refusal(post(by_hash(document_hash(query)))) == REFUSED


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "1", '{"a": 1}', '{"format": "apollo-persisted-query-manifest"}', "\xff"),
        '{"format": "apollo-persisted-query-manifest", "operations": [{"id": 1, "body": "{ a }"}]}',
    ],
)
def test_a_manifest_of_another_format_is_reported(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ImproperlyConfigured, match=r"GRAPHQL_TRUSTED_DOCUMENTS: .*manifest\.json is not a manifest"):
        read_manifest(str(path))
    with pytest.raises(ImproperlyConfigured, match=r"nowhere is not a manifest"):
        read_manifest(str(tmp_path / "nowhere"))
