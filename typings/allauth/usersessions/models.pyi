from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest

from reservation.models import User

class UserSessionManager(models.Manager[UserSession]):
    def create_from_request(self, request: HttpRequest) -> None: ...

class UserSession(models.Model):
    objects: ClassVar[UserSessionManager]
    id: int
    user: models.ForeignKey[User]
    user_id: int
    created_at: models.DateTimeField[datetime, datetime]
    last_seen_at: models.DateTimeField[datetime, datetime]
    ip: models.GenericIPAddressField[str, str]
    user_agent: models.CharField[str, str]
    session_key: models.CharField[str, str]
    data: models.JSONField[dict[str, Any], dict[str, Any]]
    def end(self) -> None: ...
