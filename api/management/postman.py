"""The parts of a Postman collection, in its format 2.1."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from graphql import FieldNode, GraphQLField, OperationDefinitionNode, OperationType, parse

from api.schema import schema

EXAMPLES = settings.BASE_DIR / "docs" / "examples"
FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

Item = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A document of docs/examples, sent with these variables.

    variables: {{name}} in them stands for a variable of the collection.
    stores: variables of the collection that are set from the response, each by an expression in JavaScript, in which
        `found` is the value of the document's one root field.
    refusal: the code of the one user error that is expected. Default: a mutation must have none.
    """

    name: str
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stores: Mapping[str, str] = field(default_factory=dict[str, str])
    refusal: str | None = None

    def item(self, place: str) -> Item:
        comment, document = (EXAMPLES / f"{self.name}.graphql").read_text().split("\n", 1)
        kind, root_field, served = operation(document)
        checks = [f"const found = pm.response.json().data.{root_field};"]
        if kind is OperationType.MUTATION:
            title = "is not refused" if self.refusal is None else f"is refused: {self.refusal}"
            expected = json.dumps([] if self.refusal is None else [self.refusal])
            codes = "found.userErrors.map((error) => error.code)"
            checks.append(f'pm.test("{title}", () => pm.expect({codes}).to.eql({expected}));')
        else:
            checks.append('pm.test("is found", () => pm.expect(found).to.be.ok);')
        checks += [f'pm.collectionVariables.set("{name}", {value});' for name, value in self.stores.items()]
        return item(
            place,
            sentence(self.name),
            url="{{baseUrl}}/graphql/",
            description=f"{comment.removeprefix('# ')}\n\n`{root_field}`: {served.description}",
            body={"mode": "graphql", "graphql": {"query": document, "variables": json.dumps(self.variables, indent=2)}},
            checks=checks,
        )


@dataclass(frozen=True)
class LogIn:
    """A log-in with a demo account: client, provider or staff."""

    account: str

    def item(self, place: str) -> Item:
        credentials = {"email": f"{{{{{self.account}Email}}}}", "password": "{{password}}"}
        return item(
            place,
            f"Log in as {self.account}",
            url="{{baseUrl}}/auth/app/v1/auth/login",
            description="All later requests send the access token of the response.",
            body={"mode": "raw", "raw": json.dumps(credentials, indent=2)},
            checks=[
                "const { meta } = pm.response.json();",
                'pm.test("is logged in", () => pm.expect(meta.is_authenticated).to.equal(true));',
                'pm.environment.set("token", meta.access_token);',
            ],
            auth={"type": "noauth"},
            header=[{"key": "Content-Type", "value": "application/json"}],
        )


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Requests, in the order in which to send them."""

    name: str
    description: str
    requests: "Sequence[Example | LogIn | Folder]"
    is_anonymous: bool = False

    def item(self, place: str) -> Item:
        items = [one.item(f"{place}/{number}") for number, one in enumerate(self.requests, start=1)]
        made = {"id": unique(place), "name": self.name, "description": self.description, "item": items}
        return made | {"auth": {"type": "noauth"}} if self.is_anonymous else made


def collection(name: str, *, description: str, folders: Sequence[Folder], before: Sequence[str]) -> Item:
    """The collection. Every request sends the token, runs the script `before` first, and must succeed."""
    checks = [
        'pm.test("has status 200", () => pm.expect(pm.response.code).to.equal(200));',
        'pm.test("has no errors", () => pm.expect(pm.response.json().errors).to.equal(undefined));',
    ]
    return {
        "info": {"_postman_id": unique(name), "name": name, "description": description, "schema": FORMAT},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "event": [script("prerequest", before), script("test", checks)],
        "item": [folder.item(f"{name}/{folder.name}") for folder in folders],
    }


def environment(name: str, *, values: Mapping[str, str], secrets: Sequence[str]) -> Item:
    return {
        "id": unique(f"environment {name}"),
        "name": name,
        "values": [
            {"key": key, "value": value, "type": "secret" if key in secrets else "default", "enabled": True}
            for key, value in values.items()
        ],
        "_postman_variable_scope": "environment",
    }


def item(place: str, name: str, *, checks: Sequence[str], **request: Any) -> Item:
    return {
        "id": unique(place),
        "name": name,
        "event": [script("test", checks)],
        "request": {"method": "POST", **request},
    }


def script(moment: str, lines: Sequence[str]) -> Item:
    return {"listen": moment, "script": {"type": "text/javascript", "exec": [*lines]}}


def unique(place: str) -> str:
    """An id that stays the same whenever the collection is generated."""
    return str(uuid5(NAMESPACE_URL, f"appointments {place}"))


def sentence(name: str) -> str:
    return name.replace("-", " ").capitalize()


def operation(document: str) -> tuple[OperationType, str, GraphQLField]:
    """The type of a document's operation, the name of its root field, and that field in the schema."""
    [found] = parse(document).definitions
    assert isinstance(found, OperationDefinitionNode)
    [selected] = found.selection_set.selections
    root = schema.get_root_type(found.operation)
    assert isinstance(selected, FieldNode)
    assert root is not None
    return found.operation, selected.name.value, root.fields[selected.name.value]
