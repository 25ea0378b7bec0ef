"""Who is asking, and what they are."""

from dataclasses import dataclass

from reservation.domain.errors import Forbidden
from reservation.models import User


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Made once a request, at the edge. One person may be a client, a provider and staff at once."""

    user_id: int | None = None
    email: str | None = None
    client_id: int | None = None
    provider_id: int | None = None
    is_staff: bool = False

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    def require_staff(self) -> None:
        """Raise Forbidden unless the caller runs the place."""
        if not self.is_staff:
            raise Forbidden("Only staff may do this.")


ANONYMOUS = Caller()


def caller_for(user: User) -> Caller:
    """What this account is allowed to be. Load it with its client and its provider to save statements."""
    return Caller(
        user_id=user.pk,
        email=user.email,
        client_id=user.client.pk if hasattr(user, "client") else None,
        provider_id=user.provider.pk if hasattr(user, "provider") else None,
        is_staff=user.is_staff,
    )
