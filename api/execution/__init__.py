"""From a valid document to a result. This package is the executor's whole interface; its modules are internal."""

from api.execution.column_resolvers import (
    column_resolver,
    decided_by_class,
    register_column_serializer,
    resolves_column,
)
from api.execution.columns import Column, PythonTypes
from api.execution.deadline import Deadline, DeadlineExceeded
from api.execution.execute import execute_document
from api.execution.loop import thread_loop
from api.execution.response_size import PUNCTUATION, JsonValue, ResponseTooLarge, SizeLimit, measure

__all__ = [
    "PUNCTUATION",
    "Column",
    "Deadline",
    "DeadlineExceeded",
    "JsonValue",
    "PythonTypes",
    "ResponseTooLarge",
    "SizeLimit",
    "column_resolver",
    "decided_by_class",
    "execute_document",
    "measure",
    "register_column_serializer",
    "resolves_column",
    "thread_loop",
]
