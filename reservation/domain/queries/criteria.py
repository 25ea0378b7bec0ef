"""What a listing is of: one frozen dataclass for each kind of list, which makes its queryset."""

from typing import ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Criteria(Generic[M]):
    """A subclass is a frozen dataclass. Its `of` validates the arguments of a caller; its constructor does not.

    `queryset` looks at the value of no field but those in STRUCTURAL, and of the others only at whether they are None.
    So a compiled query can be made of criteria whose other fields are params.
    """

    STRUCTURAL: ClassVar[frozenset[str]] = frozenset()
    """The fields whose values the text of the statement depends on; there should be few of these values."""

    def queryset(self) -> QuerySet[M]:
        """All that fulfils the criteria, unordered."""
        raise NotImplementedError
