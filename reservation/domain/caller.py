"""Who is asking, and what they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BigIntegerField, BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from reservation.database.written_once import WrittenSelect
from reservation.domain.errors import Forbidden
from reservation.models import User

Account = tuple[int, str, int | None, int | None, bool]
"""An account's id and address, its client, its provider, and whether it runs the place."""

SESSION_LASTS = "EXISTS (SELECT 1 FROM django_session WHERE session_key = %s)"
"""By hand: the domain knows nothing of sessions but that they last."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Made once a request, at the edge. One person may be a client, a provider and staff at once."""

    user_id: int | None = None
    email: str | None = None
    client_id: int | None = None
    provider_id: int | None = None
    is_staff: bool = False

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    def require_staff(self) -> None:
        """Raise Forbidden unless the caller runs the place."""
        if not self.is_staff:
            raise Forbidden("Only staff may do this.")


ANONYMOUS = Caller()


def find_caller(user_id: int | str, *, session_key: str | None = None) -> Caller | None:
    """What the account with this id is; None when there is no active one. One statement, and no instances.

    session_key: nobody is found once this session has ended.
    """
    pk = int(user_id)
    if not 0 < pk <= BigIntegerField.MAX_BIGINT:  # a token may say anything, and no database compares with more
        return None
    if session_key is None:
        return caller_among(account(pk=pk))
    return caller_among(account_in_session(pk=pk, session_key=session_key))


@WrittenSelect
def account(pk: int) -> QuerySet[User, Account]:
    return accounts_of(User.objects.filter(pk=pk))


@WrittenSelect
def account_in_session(pk: int, session_key: str) -> QuerySet[User, Account]:
    return accounts_of(User.objects.filter(RawSQL(SESSION_LASTS, [session_key], BooleanField()), pk=pk))


def accounts_of(users: QuerySet[User]) -> QuerySet[User, Account]:
    """What the active ones of these users are."""
    return users.filter(is_active=True).values_list("pk", "email", "client", "provider", "is_staff")


def caller_among(accounts: Iterable[Account]) -> Caller | None:
    """The first of these accounts, if there is one."""
    for pk, email, client_id, provider_id, is_staff in accounts:
        return Caller(user_id=pk, email=email, client_id=client_id, provider_id=provider_id, is_staff=is_staff)
    return None
