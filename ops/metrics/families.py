"""The metric families, in the order in which they are shown."""

from dataclasses import dataclass
from enum import Enum

Series = tuple[str, ...]
"""The name of a family and the values of its labels; for a histogram also the part."""


class Kind(Enum):
    """COUNT: a counter. SECONDS: a counter of seconds. HISTOGRAM: the distribution of durations."""

    COUNT = "counter"
    SECONDS = "counter of seconds"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, eq=False)
class Family:
    """A metric with its labels. Values of labels come from code, never from a request."""

    name: str
    labels: tuple[str, ...]
    meaning: str
    kind: Kind = Kind.COUNT

    def series(self, *labels: str) -> Series:
        """Returns the series with these values. Raises ValueError unless there is one for each label."""
        if len(labels) != len(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {labels}.")
        return (self.name, *labels)


HTTP_REQUESTS = Family("http_requests_total", ("route", "status"), "Requests that were answered.")
GRAPHQL_REQUESTS = Family("graphql_requests_total", ("operation",), "Operations that were executed or refused.")
GRAPHQL_SECONDS = Family(
    "graphql_request_seconds", ("operation",), "How long operations took, in seconds.", Kind.HISTOGRAM
)
GRAPHQL_ERRORS = Family(
    "graphql_errors_total", ("operation", "code"), "Errors in responses, userErrors among them, by their code."
)
GRAPHQL_REJECTIONS = Family("graphql_rejections_total", ("limit",), "What was refused because it was too much.")
SQL_STATEMENTS = Family("sql_statements_total", ("operation",), "SQL statements.")
SQL_SECONDS = Family("sql_seconds_total", ("operation",), "How long SQL statements took, in seconds.", Kind.SECONDS)
CACHE_READS = Family("cache_reads_total", ("cache", "outcome"), "Reads of a cache: hit, miss or error.")
TRANSACTION_RETRIES = Family(
    "transaction_retries_total", ("cause",), "Transactions that were tried again, by what the database refused."
)
RESERVATIONS = Family(
    "reservations_total", ("event",), "What became of reservations: held, confirmed, expired, conflict and so on."
)
DEPENDENCY_CHECKS = Family(
    "dependency_checks_total", ("dependency", "state"), "Checks of servers and of the clock, by what they found."
)

FAMILIES = (
    HTTP_REQUESTS,
    GRAPHQL_REQUESTS,
    GRAPHQL_SECONDS,
    GRAPHQL_ERRORS,
    GRAPHQL_REJECTIONS,
    SQL_STATEMENTS,
    SQL_SECONDS,
    CACHE_READS,
    TRANSACTION_RETRIES,
    RESERVATIONS,
    DEPENDENCY_CHECKS,
)
BY_NAME = {family.name: family for family in FAMILIES}
