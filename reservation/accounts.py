"""What django-allauth asks of us: the sign-up's extra fields, and a client for every new account."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from reservation.domain.client import register_client
from reservation.domain.policy import MAX_NAME_LENGTH
from reservation.models import User


class SignupForm(forms.Form):
    """Asked for beside the email and the password; without a name it is what stands before the @."""

    name = forms.CharField(max_length=MAX_NAME_LENGTH, required=False)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Required by allauth; the adapter does it, in the account's own transaction."""


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        with transaction.atomic():
            user = super().save_user(request, user, form, commit)
            name = form.cleaned_data.get("name") or user.email.partition("@")[0]
            register_client(user=user, name=name, now=timezone.now())
        return user
