"""Which fields of a model everybody may read: all that the model does not list as private."""

from functools import cache

from django.db.models import Model


@cache
def public_fields(model: type[Model]) -> tuple[str, ...]:
    """The names of the columns that everybody may read, the id first; the API shows them and the catalogue caches them.

    Raises FieldDoesNotExist for a private field that the model does not have.
    """
    private = {model._meta.get_field(name) for name in model.PRIVATE_FIELDS}  # type: ignore[attr-defined]
    return tuple(field.attname for field in model._meta.concrete_fields if field not in private)
