"""Accounts, with which people log in. A client and a provider refer to theirs."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.dispatch import Signal
from django.utils import timezone

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

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


def normalise_email(email: str) -> str:
    """The address as it is stored: in lower case, since mailboxes that differ by case only do not occur in practice."""
    return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True, help_text="The address that the account logs in with.")
    is_staff = models.BooleanField(default=False, help_text="Whether the account runs the place.")
    is_active = models.BooleanField(default=True, help_text="Unset this instead of deleting the account.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = normalise_email(self.email)
        super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Returns whether the password is right. The hash of a right one is replaced if its parameters are not current.

        Sends password_rehashed then, since sessions depend on the hash, and the password has not changed.
        """
        former_auth_hash = self.get_session_auth_hash()
        is_right = super().check_password(raw_password)
        if self.get_session_auth_hash() != former_auth_hash:
            password_rehashed.send(type(self), user=self, former_auth_hash=former_auth_hash)
        return is_right

    def __str__(self) -> str:
        return self.email
