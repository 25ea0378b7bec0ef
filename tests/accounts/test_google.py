"""Log-in with Google, which exists only where its credentials are set."""

import json
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from tests.environment import bare_environment


def run(*arguments: str, **variables: str) -> str:
    """Returns the output of Python with these environment variables, on a database of its own."""
    environment = {
        **bare_environment(),
        "DJANGO_SETTINGS_MODULE": "settings.test",
        "DATABASE_URL": "sqlite://:memory:",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def seen() -> Any:
    return json.loads(
        run("-m", "tests.accounts.google", GOOGLE_CLIENT_ID="an-id.example", GOOGLE_CLIENT_SECRET="a-secret")
    )


def test_a_log_in_makes_an_account_with_a_client(seen: Any) -> None:
    assert (seen["first"], seen["again"]) == (200, 200)
    assert seen["viewer"] == {"data": {"viewer": {"email": "eve@example.com"}}}
    assert seen["clients"] == [["Eve Example", "eve@example.com"]]
    assert seen["has_password"] is False


def test_the_session_alone_does_not_give_the_account_a_password(seen: Any) -> None:
    assert seen["password_by_session"] == ["password_reset_required"]
    assert seen["address_after_log_in"] == 200
    assert seen["address_by_session"] == 401


def test_a_mail_gives_the_account_a_password(seen: Any) -> None:
    assert seen["password_by_mail"] == 200


def test_a_token_that_google_did_not_sign_for_this_client_id_is_refused(seen: Any) -> None:
    assert [seen[name] for name in ("forged", "for_another", "expired")] == [400, 400, 400]


def test_an_existing_account_with_the_same_address_is_not_taken_over(seen: Any) -> None:
    assert seen["taken"] == [401, None, ["provider_signup"]]
    assert seen["accounts"] == 2


def test_a_mailbox_has_one_account_however_google_spells_its_address(seen: Any) -> None:
    assert seen["encoded"] == [["zoe@xn--bcher-kva.example", True]]
    assert seen["taken_encoded"] == [401, None, ["provider_signup"]]
    assert seen["accent"] == 200


def test_an_address_without_a_normal_form_makes_no_account(seen: Any) -> None:
    assert seen["nowhere"] == [401, None]
    assert seen["accounts_in_the_end"] == 5


def test_without_credentials_the_log_in_does_not_exist(client: Browser) -> None:
    assert client.post("/auth/app/v1/auth/provider/token", {}, content_type="application/json").status_code == 404


@pytest.mark.parametrize("name", ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"])
def test_one_credential_alone_does_not_enable_it(name: str) -> None:
    code = "from django.conf import settings; print('allauth.socialaccount' in settings.INSTALLED_APPS)"
    assert run("-c", code, **{name: "x"}).strip() == "False"
