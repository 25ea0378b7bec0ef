"""From a valid document to a result. How it is executed is known to this package alone."""

from api.execution.execute import execute_document
from api.execution.loop import thread_loop

__all__ = ["execute_document", "thread_loop"]
