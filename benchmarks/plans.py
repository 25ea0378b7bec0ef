"""The SQL of each workload and its query plan."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.context import Context
from api.documents import parse_document
from api.execution import execute_document
from api.schema import schema
from benchmarks.workloads import Workload

TIME_LIMIT = re.compile(r"^SET STATEMENT \S+ FOR ")
"""The time limit of a statement on MariaDB, which EXPLAIN does not accept."""

COLUMNS = ("select_type", "table", "type", "key", "key_len", "rows", "Extra")


def explain(workload: Workload) -> str:
    """Returns the statements of this workload on the database that this process uses, as Markdown."""
    document = parse_document(schema, workload.document)
    with CaptureQueriesContext(connection) as captured:
        execute_document(schema, document.tree, context=Context(now=timezone.now()), variables=workload.variables)
    return "\n\n".join([f"### {workload.title}", *(plan(query["sql"]) for query in captured.captured_queries)])


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {TIME_LIMIT.sub('', sql)}".replace("%", "%%"))
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    rows = [COLUMNS, ("---",) * len(COLUMNS), *([str(row[name]) for name in COLUMNS] for row in found)]
    return f"```sql\n{sql}\n```\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)
