"""Idempotency keys: the results of commands, for callers who retry because they did not get the response."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from database.collations import ByteCharField
from database.model_types import Instant, Integer

if TYPE_CHECKING:
    from reservation.models.user import User


class IdempotencyKey(models.Model):
    """Created in the transaction of the change itself, so that a key exists if and only if the change was made."""

    id: int
    user: "models.ForeignKey[User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    user_id: int
    key_hash = ByteCharField(max_length=64, help_text="SHA-256 of the key, which may be long.")
    input_hash = ByteCharField(max_length=64, help_text="SHA-256 of what was asked for.")
    result: Integer = models.BigIntegerField(help_text="The id, or the count, that was answered.")
    created_at: Instant = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key_hash"], name="idempotency_key_is_single"),)

    def __str__(self) -> str:
        return self.key_hash[:12]
