"""The deadline of an execution also stops a search that has filled the caches before."""

from typing import Any

from api.context import Context
from api.documents import parse_document
from api.execution import Deadline, DeadlineExceeded, execute_document
from api.schema import schema
from api.types.ids import to_global_id
from tests.factories import NOW, make_appointments, make_provider

OPEN_APPOINTMENTS = """query($ids: [ID!]) {
  openAppointments(filter: {
    startsFrom: "2030-01-01T12:00:00Z", startsBefore: "2030-02-20T12:00:00Z", providerIds: $ids
  }) { nodes { id } }
}"""


def test_a_repeated_search_with_memcached_is_stopped_at_the_deadline(rows: str) -> None:
    provider = make_provider()
    make_appointments(provider)
    tree, variables = parse_document(schema, OPEN_APPOINTMENTS).tree, {"ids": [to_global_id("Provider", provider.pk)]}

    def search(**options: Any) -> Any:
        return execute_document(schema, tree, context=Context(now=NOW, **options), variables=variables)

    assert search().errors is None  # fills the caches
    (error,) = search(deadline=Deadline(at=0)).errors
    assert isinstance(error.original_error, DeadlineExceeded)
