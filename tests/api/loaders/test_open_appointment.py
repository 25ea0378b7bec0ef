"""Open appointments that are kept in Memcached: the same answers, without a statement."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reservation.domain.reservation import reserve
from tests.factories import NOW, TOMORROW, caller, make_appointments, make_client, make_provider, make_service
from tests.practice import Ask, gid

PAGE = "edges { cursor node { id startsAt endsAt isOpen reservation { id } provider { name } } } nodes { id } "
INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
WINDOW = 'startsFrom: "2030-01-01T00:00:00Z", startsBefore: "2030-02-01T00:00:00Z"'
DAYS = f"""query($p: [ID!], $s: ID, $first: Int, $after: String, $last: Int, $before: String) {{
    openAppointments(filter: {{{WINDOW}, providerIds: $p, serviceId: $s}},
        first: $first, after: $after, last: $last, before: $before) {{ {PAGE} {INFO} }}
}}"""
PROVIDERS = f"""query($s: ID) {{
    providers(first: 50) {{ nodes {{ openAppointments({WINDOW}, serviceId: $s, first: 5) {{ {PAGE} {INFO} }} }} }}
}}"""
COUNT = f"""query($p: [ID!], $s: ID) {{
    openAppointments(filter: {{{WINDOW}, providerIds: $p, serviceId: $s}}, first: 1) {{ totalCount }}
}}"""


@pytest.fixture
def practice(transactional_db: None) -> dict[str, Any]:
    service, other = make_service(duration_minutes=45), make_service()
    providers = [make_provider(name=name, services=(service,)) for name in ("Anna", "Bert", "Cleo")]
    for number, provider in enumerate(providers):
        make_appointments(provider, number=30 + number)
        make_appointments(provider, starts_at=TOMORROW + timedelta(days=2 + number), number=30)
    return {"p": [gid(provider) for provider in providers], "s": gid(service), "other": gid(other)}


def test_answers_are_the_same_with_memcached_and_without(
    ask: Ask, practice: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    anna, bert, _ = practice["p"]
    questions = [
        (DAYS, {"p": [anna]}),
        (DAYS, {"p": [anna, bert, anna], "first": 70}),
        (DAYS, {"p": practice["p"], "first": 100, "s": practice["s"]}),
        (DAYS, {"p": [bert], "last": 7}),
        (DAYS, {"p": [bert], "s": practice["other"]}),
        (DAYS, {"p": []}),
        (PROVIDERS, {}),
        (PROVIDERS, {"s": practice["s"]}),
        (COUNT, {"p": [anna]}),
    ]
    answers = [ask(document, **variables).data for document, variables in questions]
    cursors = [edge["cursor"] for edge in answers[1]["openAppointments"]["edges"]]
    more = [
        (DAYS, {"p": [anna, bert], "first": 10, "after": cursors[40]}),
        (DAYS, {"p": [anna, bert], "first": 10, "before": cursors[30]}),
        (DAYS, {"p": [anna, bert], "first": 10, "after": cursors[20], "before": cursors[25]}),
    ]
    questions += more
    answers += [ask(document, **variables).data for document, variables in more]
    request.getfixturevalue("rows")
    for _ in range(2):
        for (document, variables), answer in zip(questions, answers, strict=True):
            assert ask(document, **variables).data == answer


@pytest.mark.parametrize(
    ("document", "statements"), [(DAYS, 0), (PROVIDERS, 1), (COUNT, 1)], ids=["days", "providers", "count"]
)
def test_what_is_kept_costs_no_statement(
    document: str, statements: int, ask: Ask, practice: dict[str, Any], rows: str
) -> None:
    variables = {"s": practice["s"], **({} if document is PROVIDERS else {"p": practice["p"]})}
    first = ask(document, **variables)
    with CaptureQueriesContext(connection) as captured:
        assert ask(document, **variables) == first
    assert (first.errors, len(captured.captured_queries)) == ([], statements)


def test_a_hold_is_seen_at_once_and_its_lapse_to_the_microsecond(ask: Ask, practice: dict[str, Any], rows: str) -> None:
    provider = make_provider()
    (slot,) = make_appointments(provider)

    def is_listed(later: timedelta) -> bool:
        answer = ask(DAYS, now=NOW + later, p=[gid(provider)])
        return bool(answer.data["openAppointments"]["nodes"])

    hold = timedelta(minutes=30)
    earlier = NOW - hold
    assert is_listed(timedelta(0))
    reserve(caller=caller(make_client()), appointment_id=slot.pk, now=earlier)
    assert not is_listed(timedelta(microseconds=-1))
    assert is_listed(timedelta(0))
