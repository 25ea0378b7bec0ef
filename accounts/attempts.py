"""Rate limits on guessing the password of an account, whichever address the attempts come from."""

from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError

from ops.rate_limit import Rate, rate_limiter
from reservation.models.email import normalise_email


def attempt_rates() -> list[Rate]:
    """Returns the limits of an account: LOG_IN_ATTEMPTS in ten minutes, twice that in an hour, four times in a day."""
    most = settings.LOG_IN_ATTEMPTS
    windows = [(1, 600), (2, 3600), (4, 86_400)]
    return [Rate(f"log-in-{seconds}", times * most, seconds) for times, seconds in windows if most]


def attempts_key(email: str) -> str:
    """Returns the rate limiter's key for an account, existing or not, the same for each spelling of its address.

    Hashed, so that Redis stores no address.
    """
    try:
        email = normalise_email(email)
    except ValidationError:
        email = email.strip().lower()  # of an account in doubt, or of none
    return sha256(email.encode(errors="replace")).hexdigest()


def consume_attempt(email: str) -> bool:
    """Counts an attempt to present this account's password. Returns whether it is within the limits."""
    return all(rate_limiter().consume(rate, attempts_key(email)).is_allowed for rate in attempt_rates())


def reset_attempts(email: str) -> None:
    """Resets the counts once the account's owner has authenticated: their own mistakes were not guessing."""
    for rate in attempt_rates():
        rate_limiter().reset(rate, attempts_key(email))
