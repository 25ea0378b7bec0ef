"""The current caller: an account, and the client, the provider or the staff that it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import Permission as DjangoPermission
from django.db.models import BigIntegerField, BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from database.compiled_query import CompiledSelect
from reservation.domain.errors import Forbidden
from reservation.domain.permissions import Permission
from reservation.models import User

Account = tuple[int, str, int | None, int | None, bool, bool]
"""An account's id, address, client id, provider id, is_staff and is_superuser."""

SESSION_EXISTS = "EXISTS (SELECT 1 FROM django_session WHERE session_key = %s)"
"""Raw SQL, since the domain does not depend on the model of sessions."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Created once per request. One account may be a client, a provider and staff at once."""

    user_id: int | None = None
    email: str | None = None
    client_id: int | None = None
    provider_id: int | None = None
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The code names of the permissions of the account and its groups, read when one is first required."""
        of_account = DjangoPermission.objects.filter(content_type__app_label="reservation").filter(
            Q(user=self.user_id) | Q(group__user=self.user_id)
        )
        return frozenset(of_account.values_list("codename", flat=True))

    def may(self, permission: Permission) -> bool:
        """Whether the caller is staff with this permission."""
        return self.is_staff and (self.is_superuser or permission in self.permissions)

    def require_staff(self) -> None:
        """Raise Forbidden unless the caller is staff."""
        if not self.is_staff:
            raise Forbidden("Only staff may do this.")

    def require(self, permission: Permission, *, field: str | None = None) -> None:
        """Raise Forbidden unless the caller is staff with this permission."""
        self.require_staff()
        if not self.may(permission):
            raise Forbidden(f"This needs a permission that your account does not have: {permission}.", field=field)


ANONYMOUS = Caller()


def find_caller(user_id: int | str, *, session_key: str | None = None) -> Caller | None:
    """The caller with this account; None when there is no active account with this id. One statement.

    session_key: the session that must still exist; otherwise None is returned.
    """
    pk = int(user_id)
    if not 0 < pk <= BigIntegerField.MAX_BIGINT:  # a token may contain any number, and databases refuse larger ones
        return None
    if session_key is None:
        return caller_among(select_account(pk=pk))
    return caller_among(select_account_in_session(pk=pk, session_key=session_key))


@CompiledSelect
def select_account(pk: int) -> QuerySet[User, Account]:
    return accounts_of(User.objects.filter(pk=pk))


@CompiledSelect
def select_account_in_session(pk: int, session_key: str) -> QuerySet[User, Account]:
    return accounts_of(User.objects.filter(RawSQL(SESSION_EXISTS, [session_key], BooleanField()), pk=pk))


def accounts_of(users: QuerySet[User]) -> QuerySet[User, Account]:
    """The active ones of these users, as rows of the type Account."""
    return users.filter(is_active=True).values_list("pk", "email", "client", "provider", "is_staff", "is_superuser")


def caller_among(accounts: Iterable[Account]) -> Caller | None:
    """The caller with the first of these accounts; None when there is none."""
    for pk, email, client_id, provider_id, is_staff, is_superuser in accounts:
        return Caller(
            user_id=pk,
            email=email,
            client_id=client_id,
            provider_id=provider_id,
            is_staff=is_staff,
            is_superuser=is_superuser,
        )
    return None
