"""Accounts that staff adds. Their owners set a password by a password reset."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from reservation.domain.errors import EmailTaken, InvalidInput
from reservation.models import User


def new_account(email: str) -> User:
    """An account with this address, not saved yet. Raises InvalidInput for an invalid address."""
    user = User(email=email)
    try:
        user.clean()
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="email") from error
    return user


def is_taken(user: User) -> bool:
    """Whether another account has the address of this new one."""
    return User.objects.find_by_email(user.typed_email or user.email) is not None


def open_account(user: User) -> None:
    """Save the account, without a password. Raises EmailTaken.

    Call it in the transaction that creates the account's client or provider.
    """
    if is_taken(user):
        raise EmailTaken
    user.set_unusable_password()
    try:
        user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken from error
