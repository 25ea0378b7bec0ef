"""The deadline of an execution holds for what is found on kept days, too."""

from typing import Any

from api.context import Context
from api.documents import parse_document
from api.execution import Deadline, DeadlineExceeded, execute_document
from api.schema import schema
from api.types.ids import to_global_id
from tests.factories import NOW, make_appointments, make_provider

OPENINGS = """query($ids: [ID!]) {
  openAppointments(filter: {
    startsFrom: "2030-01-01T12:00:00Z", startsBefore: "2030-02-20T12:00:00Z", providerIds: $ids
  }) { nodes { id } }
}"""


def test_a_search_on_kept_days_is_stopped_at_the_deadline(rows: str) -> None:
    provider = make_provider()
    make_appointments(provider)
    tree, given = parse_document(schema, OPENINGS).tree, {"ids": [to_global_id("Provider", provider.pk)]}

    def ask(**options: Any) -> Any:
        return execute_document(schema, tree, context=Context(now=NOW, **options), variables=given)

    assert ask().errors is None  # from now on all of its days are kept
    (error,) = ask(deadline=Deadline(at=0)).errors
    assert isinstance(error.original_error, DeadlineExceeded)
