"""The server that the races run against, and how its clients connect."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from io import StringIO

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command

from accounts.tokens.refresh import issue_tokens
from reservation.models import Client, Provider, User
from tests.races.racing import Racer
from tests.servers import serve, url_of_test_database


@pytest.fixture(scope="session")
def port(django_db_setup: None) -> Iterator[int]:
    """The port of gunicorn, which uses the test database."""
    with serve(database_url=url_of_test_database(), workers=2, threads=4) as port:
        yield port


@pytest.fixture
def connect(port: int, transactional_db: None) -> Iterator[Callable[[Client | Provider], Racer]]:
    """Returns a connection that is authenticated as this person; each call is another device."""
    with ExitStack() as connections:

        def connect(person: Client | Provider) -> Racer:
            return connections.enter_context(closing(Racer(port, access_token(person.user))))

        yield connect


def access_token(user: User) -> str:
    """An access token without a log-in, since a hundred log-ins would take longer than the races."""
    session = SessionStore()
    session.create()
    return issue_tokens(user.pk, session)[0]


@pytest.fixture(autouse=True)
def verified(transactional_db: None) -> Iterator[None]:
    """After each test every invariant holds, on whatever database it ran: `verify_reservations` fails otherwise."""
    yield
    call_command("verify_reservations", stdout=StringIO())
