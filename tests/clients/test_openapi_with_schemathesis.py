"""schemathesis sends requests that the OpenAPI description allows, and some that it forbids, to every operation.

Every response has a status, a media type, headers and a body that are described, and none is a server error.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema

from accounts.session_store import SessionStore
from accounts.tokens.refresh import issue_first_tokens
from api.openapi import PATHS as GRAPHQL
from reservation.models import User
from tests.clients.conftest import Server, serving
from tests.factories import make_client, make_user

FUZZ = settings(
    max_examples=15,  # of each operation and each mode
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TIMEOUT_SECONDS = 20
TOKEN = "t" * 40  # of /metrics
REFUSED = "negative_data_rejection"
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
    REFUSED,
)
REFUSALS = ["400", "401", "403", "404", "405", "409", "410", "413", "415", "429"]
"""410 is one too: whose session has ended gets it whatever the body is."""


@pytest.fixture(scope="module")
def open_server(django_db_setup: None) -> Iterator[Server]:
    with serving(OPENAPI_PUBLIC="true") as server:
        yield server


@pytest.fixture
def schema(open_server: Server, transactional_db: None) -> OpenApiSchema:
    return read_schema(open_server)


def read_schema(server: Server) -> OpenApiSchema:
    load_all_checks()
    config = SchemathesisConfig.from_dict({"checks": {REFUSED: {"expected-statuses": REFUSALS}}})
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json", config=config)


def fuzz(schema: OpenApiSchema, headers: Callable[[], dict[str, str]]) -> Counter[tuple[str, int]]:
    """Sends requests to each operation; returns how often each had which status. headers: makes those of an operation.

    GraphQL over HTTP answers 200 to what is refused, and reads an empty parameter of a GET as none.
    """
    counts: Counter[tuple[str, int]] = Counter()
    for found in schema.get_all_operations():
        fuzz_operation(found.ok(), headers(), counts)
    return counts


def fuzz_operation(operation: Any, headers: dict[str, str], counts: Counter[tuple[str, int]]) -> None:
    """Sends requests that the description of the operation allows, and others; counts the statuses."""
    checks = CHECKS.get_by_names([name for name in CHECKED if name != REFUSED or operation.path not in GRAPHQL])

    def send(case: Any) -> None:
        response = case.call(headers=headers, timeout=TIMEOUT_SECONDS)
        counts[operation.label, response.status_code] += 1
        case.validate_response(response, checks=checks)

    for mode in GenerationMode:
        try:
            FUZZ(given(case=operation.as_strategy(generation_mode=mode))(send))()
        except Unsatisfiable:  # an operation without parameters and body has nothing to be wrong
            assert mode is GenerationMode.NEGATIVE


def has_answered(counts: Counter[tuple[str, int]], status: int) -> set[str]:
    """Returns the operations that had this status."""
    return {label for label, found in counts if found == status}


def bearer(user: User) -> dict[str, str]:
    """Returns the credentials of a new session, since some operations end it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    access_token, _ = issue_first_tokens(user.pk, session)
    session.save()
    return {"Authorization": f"Bearer {access_token}"}


def test_the_document_is_valid_openapi(schema: OpenApiSchema) -> None:
    schema.validate()
    document = deepcopy(schema.raw_schema)
    del document["paths"]["/health/"]["get"]["responses"]
    with pytest.raises(Exception, match="responses"):
        schemathesis.openapi.from_dict(document).validate()


def test_responses_to_anonymous_callers_are_described(schema: OpenApiSchema) -> None:
    counts = fuzz(schema, dict)
    assert {"GET /health/", "GET /health/ready/", "POST /graphql/"} <= has_answered(counts, 200)
    assert len(has_answered(counts, 401)) > 15
    assert len(has_answered(counts, 400)) > 8


def test_responses_to_a_client_are_described(schema: OpenApiSchema) -> None:
    user = make_user(email="cleo@example.com", password="correct-horse-9")
    make_client(user=user)
    counts = fuzz(schema, lambda: bearer(user))
    assert {"GET /auth/app/v1/auth/session", "GET /auth/app/v1/account/email"} <= has_answered(counts, 200)


def test_responses_to_operators_are_described(django_db_setup: None, transactional_db: None) -> None:
    with serving(DJANGO_SETTINGS_MODULE="settings.development", METRICS_TOKEN=TOKEN) as server:
        schema = read_schema(server).include(path_regex="^/(health|metrics)")
        counts = fuzz(schema, lambda: {"Authorization": f"Bearer {TOKEN}"})
    assert counts.keys() == {
        (f"GET {path}", 200) for path in ("/health/", "/health/live/", "/health/ready/", "/metrics")
    }
