"""The public fields of a model: all but those that it lists as private."""

from functools import cache

from django.db.models import Model


@cache
def public_fields(model: type[Model]) -> tuple[str, ...]:
    """The attribute names of the public fields, the id first; the API shows them, and the catalogue caches them.

    Raises FieldDoesNotExist for a private field that the model does not have.
    """
    private = {model._meta.get_field(name) for name in model.PRIVATE_FIELDS}  # type: ignore[attr-defined]
    return tuple(field.attname for field in model._meta.concrete_fields if field not in private)
