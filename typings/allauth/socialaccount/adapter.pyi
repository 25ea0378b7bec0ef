from typing import Any

from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from reservation.models import User

class DefaultSocialAccountAdapter:
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User: ...
    def get_provider(self, request: HttpRequest, provider: str) -> Any: ...

def get_adapter(request: HttpRequest | None = None) -> DefaultSocialAccountAdapter: ...
