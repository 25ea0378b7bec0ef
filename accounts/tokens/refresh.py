"""Refresh tokens: each is exchanged for one successor. A token that is used again later ends its session.

The session has the first token. From then on its row in allauth's table says which token is current, and which one was
exchanged for it: in the session's own data, a request that changes something else would write an old value back.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless import app_settings
from allauth.headless.internal.sessionkit import lookup_session
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.session_store import end_of
from accounts.tokens.own import Token, TokenType, write_token

STATE = "refresh_token"
"""The item of a session with the `jti` of its first refresh token, and of a UserSession's data with the state."""


class Refusal(Enum):
    """Why a refresh token is not exchanged: code and message of the response."""

    INVALID = "refresh_token_invalid", "This is not a refresh token of this service, or it has expired. Log in again."
    SPENT = "refresh_token_spent", "This refresh token was used before. Its session is ended: log in again."
    ENDED = "session_ended", "The session of this refresh token has ended. Log in again."

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def message(self) -> str:
        return self.value[1]


@dataclass(frozen=True, kw_only=True)
class RefreshState:
    """current: the `jti` of the token that may be exchanged.

    spent: that of the token that was exchanged for it. spent_at: when, in seconds since 1970. client: by whom.
    """

    current: str
    spent: str | None = None
    spent_at: float = 0
    client: str = ""

    def was_just_spent_by(self, client: str, *, jti: str, now: datetime) -> bool:
        """Returns whether this client has exchanged the token within REFRESH_TOKEN_GRACE_SECONDS.

        So another tab did, or the client did not get the response.
        """
        elapsed = now.timestamp() - self.spent_at
        return (jti, client) == (self.spent, self.client) and elapsed <= settings.REFRESH_TOKEN_GRACE_SECONDS


def exchange_refresh_token(token: Token, *, client: str) -> tuple[str, str] | Refusal:
    """Returns an access token and a refresh token. Ends the session of a token that was spent elsewhere or before.

    client: tells one client from another. The caller runs this in a transaction.
    """
    now = timezone.now()
    # The lock makes concurrent exchanges of this session wait, so that each reads what the one before it has written.
    if Session.objects.select_for_update().filter(pk=token.session_key).first() is None:
        return Refusal.ENDED
    session = lookup_session(token.session_key)
    user = get_session_user(session) if session else None
    row = UserSession.objects.filter(session_key=token.session_key).first()
    if session is None or user is None or user.pk != token.user_id or row is None:
        return Refusal.ENDED
    state = RefreshState(**row.data.get(STATE, {"current": session.get(STATE, "")}))
    if token.jti == state.current:
        state = RefreshState(current=uuid.uuid4().hex, spent=token.jti, spent_at=now.timestamp(), client=client)
        row.data[STATE] = asdict(state)
        row.save(update_fields=["data"])
        session.save()  # extends it
    elif not state.was_just_spent_by(client, jti=token.jti, now=now):
        session.flush()
        return Refusal.SPENT
    return issue_tokens(user.pk, session, jti=state.current)


def issue_first_tokens(user_id: int, session: SessionBase) -> tuple[str, str]:
    """Returns an access token and a refresh token of a session that has just begun: the caller must save it."""
    session[STATE] = uuid.uuid4().hex
    return issue_tokens(user_id, session, jti=session[STATE])


def issue_tokens(user_id: int, session: SessionBase, *, jti: str | None = None) -> tuple[str, str]:
    """Returns an access token and a refresh token with this id, which end with the session at the latest."""
    now = timezone.now()
    token = Token(user_id=user_id, session_key=session.session_key or "", jti=jti or uuid.uuid4().hex)
    ends_at = end_of(session)

    def write(token_type: TokenType, seconds: int) -> str:
        lifetime = timedelta(seconds=seconds)
        return write_token(token_type, token, lifetime=min(lifetime, ends_at - now) if ends_at else lifetime, now=now)

    return (
        write(TokenType.ACCESS, app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN),
        write(TokenType.REFRESH, app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN),
    )
