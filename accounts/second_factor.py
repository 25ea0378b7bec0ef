"""Second factors (TOTP, by allauth): whether an account has one, and whether a session was authenticated with it."""

from types import SimpleNamespace
from typing import cast

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from accounts.second_factor_adapter import SecondFactorAdapter
from accounts.sessions import end_all_sessions
from reservation.models import User

SECRETS = {"secret", "seed", "migrated_codes"}
"""The items of an authenticator's data that are encrypted; a list has several."""


def may_work_as_staff(session: SessionBase | None, *, user_id: int | str) -> bool:
    """Returns whether a member of staff has staff's rights in this session, as STAFF_MFA_REQUIRED demands.

    The session itself must have been authenticated with a code. That its account has a second factor is not enough:
    a stolen password may have begun the session before the account got one.
    """
    if not settings.STAFF_MFA_REQUIRED:
        return True
    return session is not None and has_given_code(session, user_id=user_id)


def has_given_code(session: SessionBase, *, user_id: int | str) -> bool:
    """Returns whether the session was authenticated with a second factor that the account still has."""
    request = cast(HttpRequest, SimpleNamespace(session=session))
    records = get_authentication_records(request, User(pk=user_id))
    given = {record.get("id") for record in records if record["method"] == "mfa"}
    if not given:
        return False
    factors = dict(Authenticator.objects.filter(user_id=user_id).values_list("pk", "type"))
    return Authenticator.Type.TOTP in factors.values() and bool(given & factors.keys())


def has_second_factor(*, user_id: int | str) -> bool:
    """Returns whether logging in to this account takes a code."""
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists()


def encrypt_again(pk: int) -> bool:
    """Encrypts the secrets of an authenticator with the first key. Returns whether another key, or none, had.

    Raises ImproperlyConfigured when no key decrypts them.
    """
    adapter = SecondFactorAdapter()

    def encrypted(stored: str) -> str:
        is_current = adapter.is_encrypted_with_first_key(stored)
        return stored if is_current else adapter.encrypt(adapter.decrypt(stored))

    with transaction.atomic():
        # Locked, since using a recovery code writes the same column.
        authenticator = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if authenticator is None:
            return False
        data = dict(authenticator.data)
        for name in SECRETS & data.keys():
            data[name] = encrypted(data[name]) if isinstance(data[name], str) else list(map(encrypted, data[name]))
        if data == authenticator.data:
            return False
        authenticator.data = data
        authenticator.save(update_fields=["data"])
    return True


def reset_second_factor(user: User) -> bool:
    """Removes the second factor of an owner who has lost it, and ends every session. Returns whether there was one."""
    deleted, _ = Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user)
    return bool(deleted)
