"""Accounts of people whom an external identity provider has authenticated."""

import hashlib
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from reservation.domain.caller import Caller, accounts_of, caller_among
from reservation.models import ExternalIdentity, User
from reservation.models.email import normalise_email


def find_caller_by_identity(*, issuer: str, subject: str, email: str | None, now: datetime) -> Caller | None:
    """Returns the caller of the subject's active account, or None. One statement, except for the first time.

    email: an address that the issuer has verified. At first sight the subject is linked for good to the account that
    has verified the same address here. Later only the link counts, since an address may be given to another person;
    an address that the account has not verified proves nothing, since anybody could have signed up with it.
    """
    subject_hash = hash_of(subject)
    linked = User.objects.filter(identities__issuer=issuer, identities__subject_hash=subject_hash)
    caller = caller_among(accounts_of(linked))
    if caller is not None or email is None:
        return caller
    user_id = verified_owner_of(email)
    if user_id is None:
        return None
    try:
        with transaction.atomic():
            ExternalIdentity.objects.create(user_id=user_id, issuer=issuer, subject_hash=subject_hash, created_at=now)
    except IntegrityError:
        pass  # account or subject is linked otherwise, or a concurrent request has just created this link
    return caller_among(accounts_of(linked))


def verified_owner_of(email: str) -> int | None:
    """Returns the primary key of the active account whose primary, verified address this is, or None.

    By the normal form alone: whose an address in doubt is, nobody can tell.
    """
    try:
        normal = normalise_email(email)
    except ValidationError:
        return None
    owners = EmailAddress.objects.filter(email=normal, verified=True, primary=True, user__is_active=True)
    return owners.values_list("user_id", flat=True).first()


def hash_of(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()


def is_linked(user: User, *, issuer: str, subject: str) -> bool:
    """Returns whether this subject may log in to the account: it is linked, or neither of them is linked yet."""
    links = ExternalIdentity.objects.filter(issuer=issuer).filter(Q(user=user) | Q(subject_hash=hash_of(subject)))
    return all(link == (user.pk, hash_of(subject)) for link in links.values_list("user_id", "subject_hash"))


def link_identity(user: User, *, issuer: str, subject: str, now: datetime) -> bool:
    """Links the subject to the account for good. Returns False if one of them is linked otherwise."""
    try:
        with transaction.atomic():
            ExternalIdentity.objects.get_or_create(
                user=user, issuer=issuer, subject_hash=hash_of(subject), defaults={"created_at": now}
            )
    except IntegrityError:
        return False
    return True
