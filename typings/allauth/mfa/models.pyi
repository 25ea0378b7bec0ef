from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from reservation.models import User

class AuthenticatorManager(models.Manager[Authenticator]): ...

class Authenticator(models.Model):
    class Type(models.TextChoices):
        RECOVERY_CODES = "recovery_codes"
        TOTP = "totp"

    objects: ClassVar[AuthenticatorManager]
    id: int
    user: models.ForeignKey[User]
    user_id: int
    type: models.CharField[str, str]
    data: models.JSONField[dict[str, Any], dict[str, Any]]
    created_at: models.DateTimeField[datetime, datetime]
