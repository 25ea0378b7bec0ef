"""Whose account somebody has whom an external identity provider vouches for."""

import hashlib
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from reservation.domain.caller import Caller, accounts_of, caller_among
from reservation.models import ExternalIdentity, User
from reservation.models.user import normalise_email


def find_caller_by_identity(*, issuer: str, subject: str, email: str | None, now: datetime) -> Caller | None:
    """What the account of this subject is; None when there is no active one. One statement, but for the first time.

    email: an address that the issuer has verified. An account whose owner has proven here too that it is theirs becomes
    the subject's for good: whoever is given the address later is somebody else, and who signed up with an address of
    others has proven nothing.
    """
    subject_hash = hashlib.sha256(subject.encode()).hexdigest()
    known = User.objects.filter(identities__issuer=issuer, identities__subject_hash=subject_hash)
    caller = caller_among(accounts_of(known))
    if caller is not None or email is None:
        return caller
    user_id = find_owner(normalise_email(email))
    if user_id is None:
        return None
    try:
        with transaction.atomic():
            ExternalIdentity.objects.create(user_id=user_id, issuer=issuer, subject_hash=subject_hash, created_at=now)
    except IntegrityError:
        pass  # the account is another subject's, or the subject has another account, or the same was done meanwhile
    return caller_among(accounts_of(known))


def find_owner(email: str) -> int | None:
    """The active account that has proven that this address is its own, and goes by it."""
    owners = EmailAddress.objects.filter(email=email, verified=True, primary=True, user__is_active=True)
    # Compared again, since collations take other letters for the same.
    return next((user_id for user_id, found in owners.values_list("user_id", "email") if found == email), None)
