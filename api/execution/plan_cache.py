"""The plan cache of a process: least recently used plans are evicted first."""

from collections import OrderedDict
from threading import Lock
from typing import Any

from graphql import OperationDefinitionNode

from api.execution.plan import Plan

MAX_FIELDS = 10_000
"""How many fields all cached plans may have together: each takes about 2 KB. A plan grows while it is executed, because
what is selected of a type is planned when the first object of that type occurs."""

RECOUNT_SHARE = 8
"""Fields are counted again after one new plan in eight: counting those of all plans each time would take long."""


class PlanCache:
    """Plans by operation and key. Operations are cached too, because an id is unique only while its object exists."""

    def __init__(self, max_fields: int = MAX_FIELDS) -> None:
        self.max_fields = max_fields
        self.lock = Lock()
        self.uncounted = 0
        self.plans: OrderedDict[tuple[int, Any], tuple[OperationDefinitionNode, Plan]] = OrderedDict()

    def get(self, operation: OperationDefinitionNode, key: Any) -> Plan | None:
        full_key = id(operation), key
        with self.lock:
            if full_key not in self.plans:
                return None
            self.plans.move_to_end(full_key)
            return self.plans[full_key][1]

    def put(self, operation: OperationDefinitionNode, key: Any, plan: Plan) -> None:
        """Cache a new plan, and evict the least recently used ones while there are too many fields."""
        with self.lock:
            self.plans[id(operation), key] = operation, plan
            self.uncounted += 1
            if self.uncounted * RECOUNT_SHARE < len(self.plans):
                return
            self.uncounted = 0
            fields = sum(cached.size for _, cached in self.plans.values())
            while fields > self.max_fields and self.plans:
                _, (_, evicted) = self.plans.popitem(last=False)
                fields -= evicted.size
