"""Accounts, with which people log in. A client and a provider refer to theirs."""

import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.dispatch import Signal
from django.utils import timezone

from database.collations import ByteCharField
from database.model_types import Flag, Instant
from reservation.models.email import MAX_EMAIL_LENGTH, NormalEmailField, mail_address, normalise_email
from reservation.policy import ERASED_EMAIL

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from reservation.models.client import Client
    from reservation.models.identity import ExternalIdentity
    from reservation.models.provider import Provider

password_rehashed = Signal()
"""The hash of the same password was replaced. Sends `user` and `former_auth_hash`, which its sessions contain."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password it cannot log in until one is set by a reset."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that may do everything, in the admin too."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def stored_email(self, email: str) -> str:
        """Returns the address as its account stores it, or would store it: compare the column with nothing else.

        That is the normal form, unless an account has exactly this text: those whose address was in doubt when normal
        forms were introduced keep it. Raises ValidationError for an address that can have no account.
        """
        as_stored_formerly = email.strip().lower()
        try:
            normal = normalise_email(email)
        except ValidationError:
            if self.has_email(as_stored_formerly):
                return as_stored_formerly
            raise
        is_in_doubt = as_stored_formerly != normal and self.has_email(as_stored_formerly)
        return as_stored_formerly if is_in_doubt else normal

    def has_email(self, stored: str) -> bool:
        """Returns whether an account stores exactly this text as its address."""
        is_text = "\0" not in stored and not any("\ud800" <= character <= "\udfff" for character in stored)
        return is_text and len(stored) <= MAX_EMAIL_LENGTH and self.filter(email=stored).exists()

    def find_by_email(self, email: str) -> "User | None":
        """Returns the account with this address, however it is spelled, or None."""
        try:
            return self.filter(email=self.stored_email(email)).first()
        except ValidationError:
            return None

    def get_by_natural_key(self, username: str | None) -> "User":
        user = self.find_by_email(username or "")
        if user is None:
            raise self.model.DoesNotExist
        return user


class User(AbstractBaseUser, PermissionsMixin):
    id: int
    email: NormalEmailField = NormalEmailField(
        unique=True, max_length=MAX_EMAIL_LENGTH, help_text="The address that the account logs in with."
    )
    typed_email: ByteCharField = ByteCharField(
        max_length=MAX_EMAIL_LENGTH,
        blank=True,
        default="",
        editable=False,
        help_text="The address as its owner typed it, where that is not the same; mail needs the case before the @.",
    )
    is_staff: Flag = models.BooleanField(default=False, help_text="Whether the account runs the place.")
    is_active = models.BooleanField(default=True, help_text="Unset this instead of deleting the account.")
    date_joined: Instant = models.DateTimeField(default=timezone.now)

    client: "Client"
    provider: "Provider"
    identities: "RelatedManager[ExternalIdentity]"

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta(AbstractBaseUser.Meta, PermissionsMixin.Meta):
        pass

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Returns the address unchanged: Django's compatibility form (NFKC) of one may be another person's."""
        return username

    def clean(self) -> None:
        """Sets the normal form. Raises ValidationError for an address that has none."""
        super().clean()
        try:
            self.set_normal_email()
        except ValidationError as error:
            raise ValidationError({"email": error.messages}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves with the normal form. Raises ValidationError for an address that has none."""
        fields = kwargs.get("update_fields")
        if fields is None or "email" in fields:
            if not self.email and not self._state.adding:
                # allauth removes an address that was never verified when its owner asks for another one.
                self.refresh_from_db(fields=["email"])
            self.set_normal_email()
            kwargs |= {} if fields is None else {"update_fields": {*fields, "typed_email"}}
        super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Returns whether the password is right. The hash of a right one is replaced if its parameters are not current.

        Sends password_rehashed then, since sessions depend on the hash, and the password has not changed. A hash that
        another request has replaced meanwhile is never overwritten: the password may be a new one.
        """
        former, former_auth_hash = self.password, self.get_session_auth_hash()
        is_right = check_password(raw_password, former, self.set_password)
        if self.password == former:
            return is_right
        self._password = None  # the password is not new: Django informs no validators
        if User.objects.filter(pk=self.pk, password=former).update(password=self.password):
            password_rehashed.send(type(self), user=self, former_auth_hash=former_auth_hash)
            return is_right
        self.refresh_from_db(fields=["password"])
        return check_password(raw_password, self.password)

    def set_normal_email(self) -> None:
        """Replaces the address by its normal form, and keeps it as it was typed.

        An address in doubt stays while it is not changed. Raises ValidationError for a new one without a normal form.
        """
        try:
            normal = normalise_email(self.email)
        except ValidationError:
            if self.email == ERASED_EMAIL or self.has_stored_email():
                return
            raise
        if normal != self.email and not self.has_stored_email():
            self.email, self.typed_email = normal, unicodedata.normalize("NFC", self.email.strip())

    def has_stored_email(self) -> bool:
        """Returns whether the account is stored with exactly this address."""
        return not self._state.adding and User.objects.filter(pk=self.pk, email=self.email).exists()

    @property
    def email_as_typed(self) -> str:
        """The address as its owner typed it; as it is stored, if what was typed last is another, not verified yet."""
        try:
            is_the_same = normalise_email(self.typed_email) == normalise_email(self.email)
        except ValidationError:
            is_the_same = False
        return self.typed_email if is_the_same else self.email

    @property
    def mail_address(self) -> str | None:
        """The address for mail: the local part in the case that its owner typed, the domain in ASCII.

        None for an address in doubt that cannot be written so.
        """
        try:
            return mail_address(self.email_as_typed)
        except ValidationError:
            return self.email if self.email.isascii() else None

    def __str__(self) -> str:
        return self.email
