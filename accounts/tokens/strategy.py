"""How django-allauth gives out our tokens, and takes a refresh token once."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from allauth.core.internal.httpkit import authenticated_user, get_authorization_credential
from allauth.core.internal.sessionkit import get_session_user
from allauth.headless import app_settings
from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts.tokens import InvalidToken
from accounts.tokens.own import Kind, Token, read_token, write_token
from reservation.domain.transaction import transact

CURRENT = "refresh_token"
"""Where a session keeps the name of the one refresh token that is still good."""

logger = logging.getLogger(__name__)


class TokenStrategy(JWTTokenStrategy):
    def get_session_token(self, request: HttpRequest) -> str | None:
        """The session's key: as it is in X-Session-Token, or inside an access token."""
        if session_key := AbstractTokenStrategy.get_session_token(self, request):
            return session_key
        access_token = get_authorization_credential(request, "Bearer")
        try:
            return read_token(Kind.ACCESS, access_token).session_key if access_token else None
        except InvalidToken:
            return None

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """Both tokens, for who has just logged in."""
        access_token, refresh_token = issue(authenticated_user(request).pk, request.session)
        return {"access_token": access_token, "refresh_token": refresh_token}

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """New tokens for an old one, once. One that was exchanged before ends the session: two people have it.

        So of several who exchange it at the same moment one is answered, and nobody stays logged in.
        """
        try:
            token = read_token(Kind.REFRESH, refresh_token)
        except InvalidToken:
            return None
        return transact(lambda: exchange(token))


def exchange(token: Token) -> tuple[str, str] | None:
    # Whoever else exchanges a token of this session waits here, and then reads what we have written.
    if Session.objects.select_for_update().filter(pk=token.session_key).first() is None:
        return None
    session = lookup_session(token.session_key)
    user = get_session_user(session) if session else None
    if session is None or user is None or user.pk != token.user_id:
        return None
    if session.get(CURRENT) != token.jti:
        session.flush()
        logger.warning("A refresh token of account %s was used twice: its session is ended.", user.pk)
        return None
    tokens = issue(user.pk, session)
    session.save()
    return tokens


def issue(user_id: int, session: SessionBase) -> tuple[str, str]:
    """An access token and a refresh token. The session must be saved after it: it knows only the latter from now on."""
    now, jti = timezone.now(), uuid.uuid4().hex
    token = Token(user_id=user_id, session_key=session.session_key or "", jti=jti)
    session[CURRENT] = jti
    access, refresh = app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN, app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN
    return (
        write_token(Kind.ACCESS, token, lifetime=timedelta(seconds=access), now=now),
        write_token(Kind.REFRESH, token, lifetime=timedelta(seconds=refresh), now=now),
    )
