"""The criteria of a listing: one frozen dataclass for each kind of list, which builds the queryset."""

from typing import ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Criteria(Generic[M]):
    """A subclass is a frozen dataclass. Its `of` validates the arguments of a caller; its constructor does not.

    `queryset` may decide by the values of the fields in STRUCTURAL. Of any other field it may only test whether it is
    None, so that a compiled query can have a param in its place.
    """

    STRUCTURAL: ClassVar[frozenset[str]] = frozenset()
    """The fields whose values the SQL depends on. Each combination of values is compiled, so there should be few."""

    def counted(self) -> QuerySet[M]:
        """What a count of all that fulfils the criteria counts: all of it, unless a subclass bounds that."""
        return self.queryset()

    def queryset(self) -> QuerySet[M]:
        """All that fulfils the criteria, unordered."""
        raise NotImplementedError
