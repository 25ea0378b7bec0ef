"""From a document's text to a result. How a document is executed is known to this package alone."""

from api.execution.documents import parse_document
from api.execution.execute import execute_document
from api.execution.loop import thread_loop

__all__ = ["execute_document", "parse_document", "thread_loop"]
