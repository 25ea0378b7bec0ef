"""The plans that a process keeps: those that were used last, as far as there is room."""

from collections import OrderedDict
from threading import Lock
from typing import Any

from graphql import OperationDefinitionNode

from api.execution.plan import Plan

MAX_FIELDS = 10_000
"""How many fields all plans together may have: each takes about 2 KB. A plan grows while it is executed: what is
selected of a type is planned when there is an object of that type."""

SHARE = 8
"""Fields are counted again when there is an eighth more plans: to count all of them at each new one takes long."""


class Plans:
    """Keeps plans by operation and key, and the operations with them: an id is only good while its object lives."""

    def __init__(self, max_fields: int = MAX_FIELDS) -> None:
        self.max_fields = max_fields
        self.lock = Lock()
        self.uncounted = 0
        self.kept: OrderedDict[tuple[int, Any], tuple[OperationDefinitionNode, Plan]] = OrderedDict()

    def find(self, operation: OperationDefinitionNode, key: Any) -> Plan | None:
        place = id(operation), key
        with self.lock:
            if place not in self.kept:
                return None
            self.kept.move_to_end(place)
            return self.kept[place][1]

    def keep(self, operation: OperationDefinitionNode, key: Any, plan: Plan) -> None:
        """Keep a new plan, and let go of those that nobody has used for longest, while there are too many fields."""
        with self.lock:
            self.kept[id(operation), key] = operation, plan
            self.uncounted += 1
            if self.uncounted * SHARE < len(self.kept):
                return
            self.uncounted = 0
            fields = sum(one.size for _, one in self.kept.values())
            while fields > self.max_fields and self.kept:
                _, (_, forgotten) = self.kept.popitem(last=False)
                fields -= forgotten.size
