"""Identities of accounts at external identity providers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from database.collations import ByteCharField
from database.model_types import Instant

if TYPE_CHECKING:
    from reservation.models.user import User


class ExternalIdentity(models.Model):
    """Created when an identity provider has verified the account's address; later log-ins do not use it."""

    id: int
    user: "models.ForeignKey[User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities", db_index=False
    )
    user_id: int
    issuer = ByteCharField(max_length=255)
    subject_hash = ByteCharField(max_length=64, help_text="SHA-256 of the subject, which may be long.")
    created_at: Instant = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subject_hash", "issuer"], name="identity_is_of_one_account"),
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_is_single"),
        )
        verbose_name_plural = "external identities"

    def __str__(self) -> str:
        return f"{self.subject_hash[:12]} at {self.issuer}"
