"""Compiled INSERTs: saving a new row spends most of its time on making the SQL, which is always the same."""

from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.db.models.sql import InsertQuery

from database.compiled_query import CompiledQuery

M = TypeVar("M", bound=Model)


class InsertStatement:
    """The INSERT of a row, compiled for one connection."""

    def __init__(self, model: type[Model]) -> None:
        self.fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        self.returned = model._meta.db_returning_fields
        query = InsertQuery(model)
        query.insert_values(self.fields, [model()])  # the statement is cached: no real row may stay in it
        self.compiler = compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.returning_fields = self.returned
        ((self.text, _),) = compiler.as_sql()
        self.params: list[Any] = []
        compiler.as_sql = lambda: [(self.text, self.params)]

    def bind(self, instance: Model) -> None:
        """Use the values of this instance for the next run."""
        connection = self.compiler.connection
        self.params = [
            field.get_db_prep_save(field.pre_save(instance, add=True), connection=connection) for field in self.fields
        ]

    def run(self) -> Any:
        """Executes the INSERT. Returns the values that the database has generated, one for each returned field."""
        ((*returned,),) = self.compiler.execute_sql(self.returned)
        return returned


class CompiledInsert(CompiledQuery[[M], M]):
    """Inserts a new instance, sends its signals and returns it, as `save(force_insert=True)` would.

    The model has no parent model and no `save` of its own, and the database makes its primary key. None of its values
    is an expression.
    """

    def __init__(self, model: type[M]) -> None:
        super().__init__(model)
        self.model = model

    def __call__(self, instance: M, /) -> M:
        if not settings.COMPILED_QUERIES:
            instance.save(force_insert=True)
            return instance
        insert: InsertStatement = self.compiled_for({})
        signal: dict[str, Any] = {
            "sender": self.model,
            "instance": instance,
            "raw": False,
            "using": DEFAULT_DB_ALIAS,
            "update_fields": None,
        }
        pre_save.send(**signal)
        insert.bind(instance)
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
            returned = insert.run()
        for field, value in zip(insert.returned, returned, strict=True):
            setattr(instance, field.attname, value)
        instance._state.db = DEFAULT_DB_ALIAS
        instance._state.adding = False
        post_save.send(**signal, created=True)
        return instance

    def compile(self, params: dict[str, Any]) -> InsertStatement:
        return InsertStatement(self.model)
