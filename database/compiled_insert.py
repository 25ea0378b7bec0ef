"""INSERTs that are written once: of a row's save, the text is what takes long, and it never changes."""

from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.db.models.sql import InsertQuery

from database.compiled_query import CompiledQuery

M = TypeVar("M", bound=Model)


class Insert:
    """The statement that inserts a row, as it was written for one connection."""

    def __init__(self, model: type[Model]) -> None:
        self.fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        self.returned = model._meta.db_returning_fields
        query = InsertQuery(model)
        query.insert_values(self.fields, [model()])  # no row of anybody's: it is kept
        self.compiler = compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.returning_fields = self.returned
        ((self.text, _),) = compiler.as_sql()
        self.values: list[Any] = []
        compiler.as_sql = lambda: [(self.text, self.values)]

    def fill(self, instance: Model) -> None:
        """Put its values in their places, as the database takes them."""
        connection = self.compiler.connection
        self.values = [
            field.get_db_prep_save(field.pre_save(instance, add=True), connection=connection) for field in self.fields
        ]

    def run(self) -> Any:
        """What the database has put into the row."""
        ((*returned,),) = self.compiler.execute_sql(self.returned)
        return returned


class CompiledInsert(CompiledQuery[[M], M]):
    """Saves a new instance, with its signals, and answers it: `save(force_insert=True)` does the same.

    For a model without parents, whose id the database gives. Its values are no expressions.
    """

    def __init__(self, model: type[M]) -> None:
        super().__init__(model)
        self.model = model

    def __call__(self, instance: M, /) -> M:
        insert: Insert = self.written({})
        signalled: dict[str, Any] = {
            "sender": self.model,
            "instance": instance,
            "raw": False,
            "using": DEFAULT_DB_ALIAS,
            "update_fields": None,
        }
        pre_save.send(**signalled)
        insert.fill(instance)
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
            returned = insert.run()
        for field, value in zip(insert.returned, returned, strict=True):
            setattr(instance, field.attname, value)
        instance._state.db = DEFAULT_DB_ALIAS
        instance._state.adding = False
        post_save.send(**signalled, created=True)
        return instance

    def write(self, places: dict[str, Any]) -> Insert:
        return Insert(self.model)
