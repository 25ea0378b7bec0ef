"""All rules as one find what graphql-core finds by them, in its words and order."""

import pytest
from graphql import ASTValidationRule, Node, VisitorAction, parse, specified_rules, validate
from graphql.language import BREAK, SKIP

from api.documents.rules import together
from api.schema import schema

RULES = (together(specified_rules),)

PROVIDER = 'provider(id: "UHJvdmlkZXI6MQ==")'
DOCUMENTS = [
    "{ viewer { isStaff } }",
    f"{{ {PROVIDER} {{ id name services(first: 1) {{ nodes {{ id }} }} }} }}",
    "{ nothing }",
    "{ viewer }",
    "{ viewer { email { value } } }",
    "{ viewer { email(case: LOWER) } }",
    "{ provider { id } }",
    "{ provider(id: [1]) { id } }",
    f'{{ {PROVIDER} {{ id }} {PROVIDER[:-1]}, id: "2") {{ id }} }}',
    f"{{ {PROVIDER} {{ same: id same: name }} }}",
    "query A { viewer { isStaff } } query A { viewer { isStaff } }",
    "{ viewer { isStaff } } query B { viewer { isStaff } }",
    "query ($id: ID!) { provider(id: $id) { id } }",
    "query ($id: ID) { provider(id: $id) { id } }",
    "query ($id: ID!, $unused: Int) { provider(id: $id) { id } }",
    "query ($id: ID!, $id: ID!) { provider(id: $id) { id } }",
    "query ($id: Provider!) { provider(id: $id) { id } }",
    "query ($id: Nothing!) { provider(id: $id) { id } }",
    "query ($size: Int = true) { providers(first: $size) { nodes { id } } }",
    "{ provider(id: $missing) { id } }",
    "{ viewer { isStaff @include } }",
    "{ viewer { isStaff @nothing } }",
    "{ viewer { isStaff @skip(if: true) @skip(if: false) } }",
    "query @skip(if: true) { viewer { isStaff } }",
    "{ ...Unknown }",
    "{ viewer { ...V } } fragment V on Viewer { isStaff } fragment W on Viewer { email }",
    "{ viewer { ...V } } fragment V on Provider { id }",
    "{ viewer { ...V } } fragment V on Int { id }",
    "{ viewer { ... on Nothing { id } } }",
    '{ node(id: "x") { ... on Viewer { email } } }',
    '{ openAppointments(filter: {startsFrom: "x"}) { nodes { id } } }',
    '{ openAppointments(filter: {startsFrom: "x", startsFrom: "y", other: 1}) { nodes { id } } }',
    "mutation { confirmReservation(input: {}) { reservation { id } } }",
    "subscription { viewer { isStaff } }",
    "type Provider { id: ID }",
    "{ a: nothing b: viewer { nothing } c: provider { nothing } }",
]


def told(document: str, rules: tuple[type[ASTValidationRule], ...], *, most: int = 100) -> list[tuple[str, object]]:
    return [(error.message, error.locations) for error in validate(schema, parse(document), rules, max_errors=most)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_has_the_same_errors(document: str) -> None:
    expected = told(document, tuple(specified_rules))
    assert told(document, RULES) == expected
    assert told(document, RULES, most=1) == told(document, tuple(specified_rules), most=1)


def test_most_of_these_documents_are_wrong_and_not_all() -> None:
    wrong = [bool(told(document, RULES)) for document in DOCUMENTS]
    assert wrong.count(False) in range(2, 5)


@pytest.mark.parametrize("answer", [SKIP, False, BREAK, True, None])
@pytest.mark.parametrize("way", ["enter", "leave"])
def test_a_rule_that_looks_no_further_does_not_keep_others_from_it(answer: VisitorAction, way: str) -> None:
    def visits(rules_of: object) -> list[str]:
        seen: list[str] = []

        class Impatient(ASTValidationRule):
            def enter_field(self, node: Node, *_: object) -> VisitorAction:
                seen.append(f"enter {node.name.value}")  # type: ignore[attr-defined]
                return answer if way == "enter" and node.name.value == "a" else None  # type: ignore[attr-defined]

            def leave_field(self, node: Node, *_: object) -> VisitorAction:
                seen.append(f"leave {node.name.value}")  # type: ignore[attr-defined]
                return answer if way == "leave" and node.name.value == "b" else None  # type: ignore[attr-defined]

        class Patient(ASTValidationRule):
            def enter(self, node: Node, *_: object) -> None:
                seen.append(f"any {node.kind}")

        validate(schema, parse("{ a { b c } d }"), rules_of([Impatient, Patient]))  # type: ignore[operator]
        return seen

    assert visits(lambda rules: (together(rules),)) == visits(tuple)
