"""The SQL of each workload and its query plan."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.context import Context
from api.documents import parse_document
from api.execution import execute_document
from api.schema import schema
from benchmarks.workloads import Workload

COLUMNS = ("select_type", "table", "type", "key", "key_len", "rows", "Extra")


def explain(workload: Workload) -> str:
    """The statements of this workload on the database that this process uses, as Markdown."""
    document = parse_document(schema, workload.document)
    with CaptureQueriesContext(connection) as captured:
        execute_document(schema, document.tree, context=Context(now=timezone.now()), variables=workload.variables)
    return "\n\n".join([f"### {workload.title}", *(plan(query["sql"]) for query in captured.captured_queries)])


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {sql}".replace("%", "%%"))
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    rows = [COLUMNS, ("---",) * len(COLUMNS), *([str(row[name]) for name in COLUMNS] for row in found)]
    return f"```sql\n{sql}\n```\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)
