"""Completing columns: a completer for each type in a field's type checks, serialises or descends into all of it."""

from collections.abc import AsyncIterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLError,
    is_abstract_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    located_error,
)
from graphql.execution.execute import invalid_return_type_error
from graphql.pyutils import is_iterable

from api.execution.column_resolvers import column_serializers, is_decided_by_class
from api.execution.columns import (
    AWAITABLE,
    HOLE,
    LISTS,
    MARKS,
    NULLS,
    Column,
    Failure,
    PythonTypes,
    kinds_of,
    marks_of,
)
from api.execution.state import Run

if TYPE_CHECKING:
    from api.execution.plan import Field, Plan, Selection

Place = list[str | int]
"""A path in the response."""


def make_completer(plan: "Plan", field: "Field", type_: Any) -> "Completer":
    non_null = is_non_null_type(type_)
    if non_null:
        type_ = type_.of_type
    for is_of, completer in COMPLETERS:
        if is_of(type_):
            return completer(plan, field, type_, non_null)
    return ObjectCompleter(plan, field, type_, non_null)


class Completer:
    """Completes the columns of one field, or of what is in its lists."""

    def __init__(self, plan: "Plan", field: "Field", type_: Any, non_null: bool) -> None:
        self.plan = plan
        self.field = field
        self.type = type_
        self.non_null = non_null

    def __call__(self, values: Column, kinds: PythonTypes, marks: int, run: Run) -> Column:
        """The completed column, with failures where there was no value."""
        if not marks & HOLE:
            return self.complete(values, kinds, run)
        dense = [value for value in values if not MARKS[type(value)] & HOLE]
        completed = iter(self.complete(dense, kinds_of(dense), run) if dense else ())
        return [self.fill(value, run) if MARKS[type(value)] & HOLE else next(completed) for value in values]

    def fill(self, hole: Any, run: Run) -> Failure | None:
        """What stands in the place of a hole."""
        if isinstance(hole, Failure):
            return hole
        if isinstance(hole, Exception):
            return run.failure(hole)
        if self.non_null:
            name = f"{self.field.parent_type.name}.{self.field.name}"
            return run.failure(TypeError(f"Cannot return null for non-nullable field {name}."))
        return None

    def complete(self, values: Column, kinds: PythonTypes, run: Run) -> Column:
        """The completed column of one without holes."""
        raise NotImplementedError

    def finish_place(self, value: Any, place: Place, run: Run) -> Any:
        """The value at this place of the response; a failure is an error now, and null here or further up."""
        try:
            if isinstance(value, Failure):
                raise located_error(value.error, self.field.nodes, place)
            return None if value is None else self.finish(value, place, run)
        except GraphQLError as error:
            if self.non_null:
                raise
            run.context.collected_errors.errors.append(error)
            return None

    def finish(self, value: Any, place: Place, run: Run) -> Any:
        return value


class LeafCompleter(Completer):
    """Scalars and enums."""

    def __init__(self, plan: "Plan", field: "Field", type_: Any, non_null: bool) -> None:
        super().__init__(plan, field, type_, non_null)
        self.serializers = column_serializers(type_)
        self.is_enum = is_enum_type(type_)

    def complete(self, values: Column, kinds: PythonTypes, run: Run) -> Column:
        try:
            return self.serialize(values, kinds)
        except Exception:
            return run.each(run.context.complete_leaf_value, [(self.type, value) for value in values])

    def serialize(self, values: Column, kinds: PythonTypes) -> Column:
        """The serialised column. Raises an exception when any of it has to be looked at by itself."""
        if len(kinds) == 1:
            (kind,) = kinds
            if serialize_column := self.serializers.get(kind):
                return serialize_column(values)
        serialize = self.type.serialize
        if self.is_enum:
            name_of = {value: serialize(value) for value in set(values)}
            serialised = [name_of[value] for value in values]
        else:
            serialised = [serialize(value) for value in values]
        if NULLS.isdisjoint(kinds_of(serialised)):
            return serialised
        raise TypeError("A scalar has been serialised as null.")


class ListCompleter(Completer):
    """Lists: what is in all of them is one column."""

    def __init__(self, plan: "Plan", field: "Field", type_: Any, non_null: bool) -> None:
        super().__init__(plan, field, type_, non_null)
        self.item = make_completer(plan, field, type_.of_type)

    def complete(self, values: Column, kinds: PythonTypes, run: Run) -> Column:
        if not kinds <= LISTS:
            values = run.each(self.to_list, [(value, run) for value in values])
        items = list(chain.from_iterable(value for value in values if not isinstance(value, Failure)))
        item_kinds = kinds_of(items)
        marks = marks_of(item_kinds)
        if marks & AWAITABLE:
            items = run.awaited(items)
            item_kinds = kinds_of(items)
            marks = marks_of(item_kinds)
        if items:
            items = self.item(items, item_kinds, marks, run)
        completed: Column = []
        start = 0
        for value in values:
            if isinstance(value, Failure):
                completed.append(value)
            else:
                end = start + len(value)
                completed.append(items[start:end])
                start = end
        return completed

    def to_list(self, value: Any, run: Run) -> Any:
        if is_iterable(value):
            return list(value)
        if isinstance(value, AsyncIterable):
            return run.loop.run_until_complete(collect(value))
        name = f"{self.field.parent_type.name}.{self.field.name}"
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{name}'.")

    def finish(self, value: Column, place: Place, run: Run) -> Column:
        return [self.item.finish_place(item, [*place, index], run) for index, item in enumerate(value)]


class ObjectCompleter(Completer):
    """Objects: what is selected of them is executed for all of them together."""

    def __init__(self, plan: "Plan", field: "Field", type_: Any, non_null: bool) -> None:
        super().__init__(plan, field, type_, non_null)
        self.selection: Selection | None = None
        self.is_decided_by_class = is_decided_by_class(type_.is_type_of)
        self.known_kinds: PythonTypes = set()

    def complete(self, values: Column, kinds: PythonTypes, run: Run) -> Column:
        if self.selection is None:  # made when it is first needed: its directives may be in error
            try:
                self.selection = self.plan.sub_selection(self.field, self.type)
            except Exception as error:
                return [run.failure(error)] * len(values)
        if self.type.is_type_of and not (self.is_decided_by_class and kinds <= self.known_kinds):
            checked = self.check_types(values, run)
            if Failure in kinds_of(checked):
                good = [value for value in checked if not isinstance(value, Failure)]
                rows = iter(self.selection.execute(good, kinds_of(good), run) if good else ())
                return [value if isinstance(value, Failure) else next(rows) for value in checked]
            self.known_kinds |= kinds
        return self.selection.execute(values, kinds, run)

    def check_types(self, values: Column, run: Run) -> Column:
        """The values, with failures in the place of those that are not of this type."""
        info = run.info(self.field)
        answers = run.each_awaited(self.type.is_type_of, [(value, info) for value in values])
        return [self.checked(value, answer, run) for value, answer in zip(values, answers, strict=True)]

    def checked(self, value: Any, answer: Any, run: Run) -> Any:
        if isinstance(answer, Failure):
            return answer
        return value if answer else run.failure(invalid_return_type_error(self.type, value, self.field.nodes))

    def finish(self, value: Any, place: Place, run: Run) -> Any:
        assert self.selection is not None
        return self.selection.finish(value, place, run)


class AbstractCompleter(Completer):
    """Interfaces and unions: the objects of each type are completed together."""

    def __init__(self, plan: "Plan", field: "Field", type_: Any, non_null: bool) -> None:
        super().__init__(plan, field, type_, non_null)
        self.resolve_type = type_.resolve_type or plan.type_resolver
        self.completers: dict[str, ObjectCompleter] = {}

    def complete(self, values: Column, kinds: PythonTypes, run: Run) -> Column:
        info = run.info(self.field)
        completed = run.each_awaited(self.resolve_type, [(value, info, self.type) for value in values])
        places: dict[ObjectCompleter, list[int]] = {}
        for place, name in enumerate(completed):
            if not isinstance(name, Failure):
                try:
                    places.setdefault(self.completer_for(name, values[place], run), []).append(place)
                except Exception as error:
                    completed[place] = run.failure(error)
        for completer, own in places.items():
            objects = [values[place] for place in own]
            for place, row in zip(own, completer.complete(objects, kinds_of(objects), run), strict=True):
                completed[place] = row
                run.completers[id(row)] = completer
        return completed

    def completer_for(self, name: Any, value: Any, run: Run) -> ObjectCompleter:
        """What completes objects of the type of this name. Raises GraphQLError for one that is not of this type."""
        completer = self.completers.get(name) if isinstance(name, str) else None
        if completer is None:
            info = run.info(self.field)
            type_ = run.context.ensure_valid_runtime_type(name, self.type, self.field.nodes, info, value)
            completer = self.completers[name] = ObjectCompleter(self.plan, self.field, type_, False)
        return completer

    def finish(self, value: Any, place: Place, run: Run) -> Any:
        return run.completers[id(value)].finish(value, place, run)


COMPLETERS = ((is_list_type, ListCompleter), (is_leaf_type, LeafCompleter), (is_abstract_type, AbstractCompleter))


async def collect(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]
