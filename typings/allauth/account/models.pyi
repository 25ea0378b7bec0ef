from typing import ClassVar

from allauth.account.managers import EmailAddressManager
from django.db import models

from reservation.models import User

class EmailAddress(models.Model):
    objects: ClassVar[EmailAddressManager]
    id: int
    user: models.ForeignKey[User]
    user_id: int
    email: models.EmailField[str, str]
    verified: models.BooleanField[bool, bool]
    primary: models.BooleanField[bool, bool]
