"""The hooks of django-allauth for log-ins with a social account (Google). Loaded only where that is configured."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from reservation.domain.client import register_client
from reservation.models import User
from reservation.policy import MAX_NAME_LENGTH


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Creates the account and its client in one transaction. With a form, AccountAdapter creates the client."""
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            if form is None:
                name = sociallogin.account.extra_data.get("name") or user.email.partition("@")[0]
                register_client(user=user, name=name[:MAX_NAME_LENGTH], now=timezone.now())
        return user
