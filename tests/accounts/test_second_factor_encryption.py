"""The secrets of second factors are encrypted in the database, and their keys can be rotated."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.second_factor_adapter import SecondFactorAdapter
from ops.logs import TextFormatter
from reservation.models import User
from tests.accounts.authenticator import SECRET, code, give_second_factor
from tests.api.application import Application
from tests.conftest import CREDENTIALS

OLD, NEW, OTHER = "old" * 20, "new" * 20, "other" * 20
SEED = "5eed" * 20


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


def stored() -> str:
    """Returns all that the table has, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator ORDER BY id")
        return str(cursor.fetchall())


def store_in_clear(user: User) -> None:
    """Stores a second factor and recovery codes as earlier versions did."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    data = {"seed": SEED, "used_mask": 1}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=data)


def log_in(second: str) -> int:
    cache.clear()
    device = Application()
    assert device.log_in(**CREDENTIALS).status_code == 401
    return int(device("POST", "auth/2fa/authenticate", code=second).status_code)


def recovery_codes() -> list[str]:
    return RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()


def encrypt() -> str:
    output = StringIO()
    call_command("encrypt_second_factors", stdout=output)
    return output.getvalue()


def test_secrets_are_not_in_clear_in_the_database_and_codes_work(user: User) -> None:
    codes = give_second_factor(user)
    assert SECRET not in stored()
    assert stored().count("fernet:") == 2
    assert SecondFactorAdapter().encrypt(SECRET) != SecondFactorAdapter().encrypt(SECRET)
    assert (log_in(code()), log_in(codes[0]), log_in(codes[0])) == (200, 200, 400)


def test_setting_up_over_the_api_stores_no_secret_in_clear(user: User) -> None:
    phone = Application()
    phone.log_in(**CREDENTIALS)
    phone("POST", "auth/reauthenticate", password=CREDENTIALS["password"])
    secret = phone("GET", "account/authenticators/totp").json()["meta"]["secret"]
    pending = str(Session.objects.get().get_decoded())
    assert (secret in pending, "fernet:" in pending) == (False, True)
    assert phone("POST", "account/authenticators/totp", code=code(secret)).status_code == 200
    assert "fernet:" in stored()
    assert secret not in stored()
    assert secret not in str(Session.objects.get().get_decoded())


def test_a_set_up_begins_anew_when_its_key_is_gone(user: User, settings: Any) -> None:
    settings.MFA_ENCRYPTION_KEYS = [OLD]
    phone = Application()
    phone.log_in(**CREDENTIALS)
    phone("POST", "auth/reauthenticate", password=CREDENTIALS["password"])
    former = phone("GET", "account/authenticators/totp").json()["meta"]["secret"]
    settings.MFA_ENCRYPTION_KEYS = [NEW]
    assert phone("POST", "account/authenticators/totp", code=code(former)).status_code == 400
    secret = phone("GET", "account/authenticators/totp").json()["meta"]["secret"]
    assert phone("POST", "account/authenticators/totp", code=code(secret)).status_code == 200


def test_secrets_of_earlier_versions_are_read(user: User) -> None:
    store_in_clear(user)
    assert (log_in(code()), log_in(recovery_codes()[0])) == (200, 200)


def test_the_command_encrypts_what_is_in_clear(user: User) -> None:
    store_in_clear(user)
    codes = recovery_codes()
    assert encrypt().startswith("2 second factors")
    assert [text for text in (SECRET, SEED) if text in stored()] == []
    assert recovery_codes() == codes, "one of ten had been used"
    assert (log_in(code()), log_in(codes[0])) == (200, 200)
    before = stored()
    assert encrypt().startswith("0 second factors")
    assert stored() == before


def test_codes_that_came_from_elsewhere_are_encrypted_each(user: User) -> None:
    data = {"migrated_codes": ["11111111", "22222222"]}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=data)
    encrypt()
    assert "11111111" not in stored()
    assert recovery_codes() == ["11111111", "22222222"]


@pytest.mark.parametrize(
    ("before", "during", "after"),
    [
        (
            {"MFA_ENCRYPTION_KEYS": [OLD]},
            {"MFA_ENCRYPTION_KEYS": [NEW, OLD]},
            {"MFA_ENCRYPTION_KEYS": [NEW]},
        ),
        ({"MFA_ENCRYPTION_KEYS": []}, {"MFA_ENCRYPTION_KEYS": [NEW]}, {"SECRET_KEY": OTHER}),
        (
            {"SECRET_KEY": OLD},
            {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [OLD]},
            {"SECRET_KEY_FALLBACKS": []},
        ),
    ],
    ids=["keys of their own", "the first key of their own", "the secret key"],
)
def test_keys_are_rotated(before: Any, during: Any, after: Any, user: User, settings: Any) -> None:
    def use(values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(settings, name, value)

    use(before)
    give_second_factor(user)
    use(during)
    assert log_in(code()) == 200, "the former key decrypts"
    assert encrypt().startswith("2 second factors")
    use(after)
    cache.clear()
    assert log_in(recovery_codes()[0]) == 200
    assert encrypt().startswith("0 second factors")


def test_without_its_key_a_secret_is_an_error_and_no_code_is_right(
    user: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MFA_ENCRYPTION_KEYS = [OLD]
    give_second_factor(user)
    settings.MFA_ENCRYPTION_KEYS = [NEW]
    before = stored()
    with pytest.raises(ImproperlyConfigured, match="MFA_ENCRYPTION_KEYS"):
        log_in(code())
    (record,) = [record for record in caplog.records if record.name.startswith("accounts.")]
    assert "Add it to MFA_ENCRYPTION_KEYS" in TextFormatter().format(record)
    with pytest.raises(CommandError, match=f"accounts {user.pk}: add the former key"):
        encrypt()
    assert stored() == before
