"""Accounts that staff adds. Their owners set a password by a password reset."""

from django.db import IntegrityError

from reservation.domain.errors import EmailTaken
from reservation.domain.validation import check_fields
from reservation.models import User
from reservation.models.user import normalise_email


def new_account(email: str) -> User:
    """An account with this address, not saved yet. Raises InvalidInput for an invalid address."""
    user = User(email=normalise_email(email))
    check_fields(user, {"email"})
    return user


def open_account(user: User) -> None:
    """Save the account, without a password. Raises EmailTaken.

    Call it in the transaction that creates the account's client or provider.
    """
    if User.objects.filter(email=user.email).exists():
        raise EmailTaken
    user.set_unusable_password()
    try:
        user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken from error
