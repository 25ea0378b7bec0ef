"""Script of test_google, for a process with Google's credentials: logs in with id tokens signed like Google's.

Prints the responses as JSON.
"""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import django

django.setup()

import jwt  # noqa: E402
from allauth.account.models import EmailAddress  # noqa: E402
from allauth.socialaccount.internal import jwtkit  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts.session_store import SessionStore  # noqa: E402
from reservation.models import Client, User  # noqa: E402
from tests.api.application import Application, codes_of, pending_flows  # noqa: E402
from tests.factories import make_client, make_user  # noqa: E402

CLIENT_ID = "an-id.example"


def certified_key() -> tuple[rsa.RSAPrivateKey, str]:
    """Returns a key and its certificate, in the format of Google's."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "accounts.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(hours=1))
    certificate = builder.sign(key, hashes.SHA256())
    return key, certificate.public_bytes(serialization.Encoding.PEM).decode()


def main() -> dict[str, Any]:
    key, certificate = certified_key()
    other_key, _ = certified_key()
    jwtkit.fetch_key = lambda credential, url, lookup: ("RS256", lookup({"1": certificate}, "1"))  # no network

    def log_in(*, signed_with: rsa.RSAPrivateKey = key, **claims: Any) -> tuple[Any, Application]:
        payload = {"iss": "https://accounts.google.com", "aud": CLIENT_ID, "exp": time.time() + 60, **claims}
        id_token = jwt.encode(payload, signed_with, algorithm="RS256", headers={"kid": "1"})
        application = Application()
        token = {"client_id": CLIENT_ID, "id_token": id_token}
        return application("POST", "auth/provider/token", provider="google", process="login", token=token), application

    eve = {"sub": "eve", "email": "Eve@example.com", "email_verified": True, "name": "Eve Example"}
    first, application = log_in(**eve)
    seen: dict[str, Any] = {"first": first.status_code, "viewer": application.ask("{ viewer { email } }")}
    again, application = log_in(**eve)
    seen["again"] = again.status_code
    seen["clients"] = list(Client.objects.values_list("name", "user__email"))
    seen["has_password"] = User.objects.get().has_usable_password()

    seen["password_by_session"] = codes_of(application("POST", "account/password/change", new_password="battery-7-st"))
    seen["address_after_log_in"] = application("POST", "account/email", email="eve@other.example").status_code
    session = SessionStore(Session.objects.latest("expire_date").pk)
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    seen["address_by_session"] = application("POST", "account/email", email="mallory@example.com").status_code
    application("POST", "auth/password/request", email="eve@example.com")
    [key] = re.findall(r"/reset-password/(\S+)", str(mail.outbox[-1].body))
    application("POST", "auth/password/reset", key=unquote(key), password="battery-7-st")
    seen["password_by_mail"] = Application().log_in(email="eve@example.com", password="battery-7-st").status_code

    seen["forged"] = log_in(**eve, signed_with=other_key)[0].status_code
    seen["for_another"] = log_in(**eve, aud="another-id.example")[0].status_code
    seen["expired"] = log_in(**eve, exp=time.time() - 1)[0].status_code

    make_client(user=make_user(email="cleo@example.com", password="correct-horse-9"))
    taken, application = log_in(sub="cleo", email="cleo@example.com", email_verified=True)
    seen["taken"] = (taken.status_code, application.access, pending_flows(taken))
    seen["accounts"] = User.objects.count()

    log_in(sub="zoe", email="Zoe@B\u00fccher.example", email_verified=True)
    addresses = EmailAddress.objects.filter(user__email="zoe@xn--bcher-kva.example")
    seen["encoded"] = list(addresses.values_list("email", "verified"))
    taken, application = log_in(sub="other", email="zoe@xn--bcher-kva.example", email_verified=True)
    seen["taken_encoded"] = (taken.status_code, application.access, pending_flows(taken))
    make_client(user=make_user(email="kim@cafe.example"))
    seen["accent"] = log_in(sub="kim", email="kim@caf\u00e9.example", email_verified=True)[0].status_code
    nowhere, application = log_in(sub="snow", email="snow@\u2603.example", email_verified=True)
    seen["nowhere"] = (nowhere.status_code, application.access)
    seen["accounts_in_the_end"] = User.objects.count()
    return seen


if __name__ == "__main__":
    setup_test_environment()
    call_command("migrate", verbosity=0)
    cache.clear()
    print(json.dumps(main()))
