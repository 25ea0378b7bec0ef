"""docs/api.md has the numbers of the code, and of the settings' defaults as .env.sample shows them."""

import re
from decimal import Decimal

import pytest
from django.conf import settings

from api.documents import parse_document
from api.http import rates
from api.limits import weights
from api.schema import schema
from api.types.connections import DEFAULT_PAGE_SIZE

TEXT = (settings.BASE_DIR / "docs" / "api.md").read_text()
SAMPLE = dict(re.findall(r"^([A-Z_]+)=(\S+)$", (settings.BASE_DIR / ".env.sample").read_text(), re.MULTILINE))
GUNICORN = (settings.BASE_DIR / "app-api-django" / "gunicorn.conf.py").read_text()

DEFAULTS = re.findall(r"^\|[^|]+\| `([A-Z_]+)` \| ([\d,.]+)", TEXT, re.MULTILINE)
COSTS = dict(re.findall(r"^\| ([^|]+) \| ([\d.]+) \|$", TEXT, re.MULTILINE))
PREFIXES = ("GRAPHQL_MAX_", "RATE_LIMIT_", "REQUEST_MAX_", "RESPONSE_MAX_", "RESERVATIONS_")


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


@pytest.mark.parametrize(("setting", "documented"), DEFAULTS)
def test_a_default_in_the_document_is_that_of_the_setting(setting: str, documented: str) -> None:
    assert number(documented) == Decimal(SAMPLE[setting])


def test_every_limit_and_rate_is_documented_once() -> None:
    names = [name for name, _ in DEFAULTS]
    assert len(names) == len(set(names))
    assert {name for name in SAMPLE if name.startswith(PREFIXES)} | {
        "GRAPHQL_DEADLINE_SECONDS",
        "GRAPHQL_PUBLIC_SECONDS",
        "GRAPHQL_RESPONSE_CACHE_SECONDS",
    } == set(names)


def test_the_costs_in_the_document_are_those_of_the_weights() -> None:
    calendar, other_page = "Provider.openAppointments", "Query.providers"
    assert {element: float(cost) for element, cost in COSTS.items()} == {
        "A node": weights.weight_of("Query.provider", schema.type_map["Provider"]),
        "A page of a list": weights.weight_of(other_page, schema.type_map["ProviderConnection"]),
        "A page of a provider's open appointments": weights.WEIGHTS[calendar],
        "A `totalCount`": weights.COUNT_WEIGHT,
        "A `totalCount` of appointments": weights.WEIGHTS["AppointmentConnection.totalCount"],
        "A mutation": weights.MUTATION_WEIGHT,
        "In addition, for each slot in the interval that is offered or withdrawn": weights.SLOT_COSTS[
            "Mutation.offerAppointments"
        ],
        "An object of the introspection": weights.INTROSPECTION_WEIGHT,
        "In addition, for open appointments for a service": weights.SERVICE_SEARCH_COSTS["Query.openAppointments"],
        "In addition, for open appointments of one provider for a service": weights.SERVICE_SEARCH_COSTS[calendar],
    }


def test_the_example_costs_what_the_document_says() -> None:
    [example] = re.findall(r"```graphql\n(.*?)\n```", TEXT, re.DOTALL)
    cost = parse_document(schema, example).operation(None).cost({})
    assert f"It costs {cost.requested}:" in TEXT


def test_other_numbers_in_the_document_are_those_of_the_code() -> None:
    prose = " ".join(TEXT.split())
    [kibibytes] = re.findall(r"\((\d+) KiB\)", TEXT)
    assert int(kibibytes) * 1024 == int(SAMPLE["REQUEST_MAX_BYTES"])
    [request_line] = re.findall(r"request line of a `GET` \| in `gunicorn.conf.py` \| ([\d,]+)", TEXT)
    assert f"limit_request_line = {number(request_line)} " in GUNICORN
    assert ("consumes a tenth of its cost" in prose, rates.COST_PER_TOKEN) == (True, 10)
    assert f"consumes {rates.NEW_DOCUMENT_TOKENS} more" in prose
    assert f"the default page size of {DEFAULT_PAGE_SIZE}" in prose
