"""Paths of allauth's API whose views are replaced. They precede allauth's own."""

from allauth.headless.constants import Client
from django.urls import path

from accounts.views import ChangePasswordView

urlpatterns = [path("app/v1/account/password/change", ChangePasswordView.as_api_view(client=Client.APP))]
