"""An authenticator app, as RFC 6238 describes it."""

import hmac
import time
from base64 import b32decode

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from reservation.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD_SECONDS = 30


def code(secret: str = SECRET) -> str:
    """Returns the current code. Waits for the next one when less than a second is left."""
    if (left := PERIOD_SECONDS - time.time() % PERIOD_SECONDS) < 1:
        time.sleep(left)
    counter = int(time.time()) // PERIOD_SECONDS
    digest = hmac.digest(b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def wrong_code(secret: str = SECRET) -> str:
    return f"{(int(code(secret)) + 1) % 10**6:06}"


def give_second_factor(user: User) -> list[str]:
    """Sets TOTP up for an account, with SECRET. Returns its recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()
