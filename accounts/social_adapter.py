"""The hooks of django-allauth for log-ins with a social account (Google). Loaded only where that is configured."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest

from accounts.adapter import register_client_of
from reservation.models import User


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Creates the account and its client in one transaction. With a form, AccountAdapter creates the client."""
        with transaction.atomic():
            user = super().save_user(request, sociallogin, form)
            if form is None:
                register_client_of(user, name=sociallogin.account.extra_data.get("name"))
        return user
