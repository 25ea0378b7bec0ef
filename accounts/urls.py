"""Paths of allauth's API whose views are replaced. They precede allauth's own."""

from allauth.headless.constants import Client
from django.urls import path

from accounts.views import ChangePasswordView, SessionsView, no_phone

PHONE_PATHS = ("app/v1/account/phone", "app/v1/auth/phone/verify", "app/v1/auth/phone/verify/resend")
"""allauth serves them although accounts have no phone number, and fails with 500 on the first."""

urlpatterns = [
    path("app/v1/account/password/change", ChangePasswordView.as_api_view(client=Client.APP)),
    path("app/v1/auth/sessions", SessionsView.as_api_view(client=Client.APP)),
    *(path(phone, no_phone) for phone in PHONE_PATHS),
]
